import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { type Bounds, UnreadableFile } from './source-file.ts';

/**
 * The folders in which files of the configuration may lie. Who may write a job file must not have the collector read,
 * and its messages quote, whatever else the collector's user may read.
 */
export class FileBounds implements Bounds {
  readonly #folders: readonly string[];

  /** @param folders that exist; left out: files may lie anywhere */
  constructor(folders?: readonly string[]) {
    this.#folders = folders?.map((folder) => realpathSync(folder)) ?? [sep];
  }

  /**
   * Throws UnreadableFile for a file that, links followed, lies outside. One that cannot be found is nobody's concern
   * here.
   */
  require(path: string, shown: string): void {
    const real = realPath(path);
    if (real === undefined || this.#folders.some((folder) => isWithin(folder, real))) return;
    throw new UnreadableFile(shown, OUTSIDE);
  }
}

const OUTSIDE =
  'one outside of the folder of config.yaml, which allow_outside: true in config.yaml would accept';

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Whether a path is the folder or below it; links are not followed. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}
