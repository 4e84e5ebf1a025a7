import { realpathSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { type Finding, findingOfFile, unreadable } from '../finding.ts';
import { nearestName } from '../nearest-name.ts';
import { type Bounds, readSourceFile, type SourceFile, shownPath, UnreadableFile } from './source-file.ts';
import { type ParsedFile, parseTree } from './yaml-tree.ts';

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

/** A kind of configuration file. */
interface KindOfFile {
  /** What the file is, to follow "expected": `a job file`. */
  readonly name: string;
  /** Its keys of the top level. */
  readonly keys: readonly string[];
}

/** What reading a file needs to know besides its path. */
export interface ReadOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly currentDirectory: string;
  /** Where files may lie; left out: anywhere. */
  readonly bounds?: FileBounds;
  /** Takes the secrets of the files that are read; left out: nobody does. */
  readonly secrets?: Set<string>;
  /** Stands for tokens and passwords that are not there, where files are only read; left out: that is a mistake. */
  readonly standIn?: string;
}

/** Reads a file and fills in `${…}`, except under the top-level keys of `literal`. */
export function parseFile(
  path: string,
  kind: KindOfFile,
  options: ReadOptions,
  literal: readonly string[] = [],
): ParsedFile {
  const { environment, currentDirectory, bounds, secrets, standIn } = options;
  try {
    const file = readSourceFile(path, currentDirectory, bounds);
    return ownFile(
      file,
      parseTree(
        file,
        {
          environment,
          folder: dirname(path),
          ...(secrets && { secrets }),
          ...(standIn !== undefined && { standIn }),
        },
        literal,
      ),
      kind,
    );
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return { tree: undefined, findings: [unreadable(shownPath(path, currentDirectory), error.reason)] };
  }
}

/**
 * What was read of a file that is one of ours: one in which a key of its kind can be seen, or nothing at all. Of any
 * other file, which somebody may have named or linked by mistake or with intent, not a word is repeated.
 */
function ownFile(file: SourceFile, parsed: ParsedFile, kind: KindOfFile): ParsedFile {
  return isOurs(file, parsed, kind) ? parsed : { tree: undefined, findings: [foreign(file, kind)] };
}

function isOurs({ text }: SourceFile, { tree }: ParsedFile, { keys }: KindOfFile): boolean {
  if (tree?.kind !== 'mapping') return isEmpty(text) || hasLineOf(text, keys);
  const written = [...tree.entries.keys()];
  return written.length === 0 || written.some((key) => isKey(key, keys));
}

/** But for comments. */
const isEmpty = (text: string): boolean => text.split('\n').every((line) => /^\s*(?:#|$)/.test(line));

/** Whether it is a key of ours, perhaps mistyped, or one with what should stand behind it: `token abc`. */
function isKey(key: string, keys: readonly string[]): boolean {
  const [word] = /^\w+(?=\s|$)/.exec(key) ?? [];
  return key === '<<' || (word !== undefined && nearestName(word, keys) !== undefined);
}

const hasLineOf = (text: string, keys: readonly string[]): boolean =>
  new RegExp(`^[\\s{,-]*["']?(?:${keys.join('|')})["']?\\s*:(?:\\s|$)`, 'm').test(text);

function foreign({ shown }: SourceFile, { name, keys }: KindOfFile): Finding {
  return findingOfFile(shown, {
    code: 'missing-key',
    message: `expected ${name}, got a file without any of its keys`,
    suggestion: `known are: ${keys.join(', ')}`,
  });
}
