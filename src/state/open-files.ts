import { statSync } from 'node:fs';
import { StateError } from './state-error.ts';

const GOES_ON =
  'Put it back where it was, and pp-db-collector goes on; with a copy in its place, restart it. Without any, the ' +
  'next start collects from the beginning (or lookback) again.';

/**
 * The files of a state, as they were when it was opened. SQLite goes on with a file that was removed or moved, and what
 * it writes is lost with the end of the process, or is not what other processes see.
 */
export class OpenFiles {
  readonly #known: ReadonlyMap<string, string | undefined>;

  /** @param file open, in WAL mode; or `:memory:` */
  constructor(file: string) {
    const paths = file === ':memory:' ? [] : [file, `${file}-wal`];
    this.#known = new Map(paths.map((path) => [path, identityOf(path)]));
  }

  /** Throws a StateError when they are not there any more, or others are in their place. */
  mustBeThere(): void {
    for (const [path, known] of this.#known) {
      const now = identityOf(path);
      if (now === known) continue;
      throw new StateError(
        now === undefined
          ? `the state file ${path} was removed or moved while it was in use`
          : `another file was put in the place of the state file ${path} while it was in use`,
        path.endsWith('-wal') ? 'Stop pp-db-collector by SIGTERM, not SIGKILL, and start it again.' : GOES_ON,
      );
    }
  }
}

function identityOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}
