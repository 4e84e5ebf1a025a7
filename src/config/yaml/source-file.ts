import { readFileSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import { getSystemErrorMap } from 'node:util';

/** The largest file that is read: far more than anybody writes, little enough to parse in a second. */
const MAX_BYTES = 1_048_576;

/** A file that cannot be read; the message says why without showing what it holds. */
export class UnreadableFile extends Error {
  readonly side = 'config';
  readonly remedy: string;
  /** Why, to follow "got": `no such file or directory`. */
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(`cannot read ${path}: ${reason}`);
    this.name = 'UnreadableFile';
    this.reason = reason;
    this.remedy = `Check that ${path} exists and that the collector may read it.`;
  }
}

/** A text file of the configuration, with the places in it as people count them. */
export class SourceFile {
  readonly path: string;
  /** The path as messages show it. */
  readonly shown: string;
  readonly text: string;
  /** Whether users besides the owner and the group may read it. */
  readonly readableByOthers: boolean;
  /** Spans of `text` that hold secrets: start and end. Excerpts leave them out. */
  readonly secretSpans: (readonly [number, number])[] = [];
  #lineStarts: readonly number[] | undefined;

  constructor(path: string, shown: string, text: string, readableByOthers: boolean) {
    this.path = path;
    this.shown = shown;
    this.text = text;
    this.readableByOthers = readableByOthers;
  }

  /** Line and column of an offset, both from 1. */
  position(offset: number): { readonly line: number; readonly column: number } {
    const starts = this.#starts();
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }

  /** Start and end of a line (from 1) without its line break; undefined when there is no such line. */
  line(line: number): readonly [number, number] | undefined {
    const starts = this.#starts();
    const start = starts[line - 1];
    if (start === undefined) return undefined;
    const next = starts[line];
    const end = next === undefined ? this.text.length : next - 1;
    return [start, this.text[end - 1] === '\r' ? end - 1 : end];
  }

  #starts(): readonly number[] {
    this.#lineStarts ??= [0, ...Array.from(this.text.matchAll(/\n/g), (match) => match.index + 1)];
    return this.#lineStarts;
  }
}

/** Where files may lie. */
export interface Bounds {
  /** Throws UnreadableFile for a file that lies outside. @param shown its path as messages show it */
  require(path: string, shown: string): void;
}

/** Reads a file as UTF-8 without a byte order mark. Throws UnreadableFile. */
export function readSourceFile(path: string, currentDirectory: string, bounds?: Bounds): SourceFile {
  const shown = shownPath(path, currentDirectory);
  bounds?.require(path, shown);
  const stats = attempt(shown, () => statSync(path));
  refuseOddFile(shown, stats);
  const text = decode(
    shown,
    attempt(shown, () => readFileSync(path)),
  );
  return new SourceFile(path, shown, text, (stats.mode & 0o004) !== 0);
}

/** The contents of a secret's file, without one trailing newline. Throws UnreadableFile. */
export function readSecretFile(path: string): string {
  // A device or a pipe could give without end, or never.
  refuseOddFile(
    path,
    attempt(path, () => statSync(path)),
  );
  return decode(
    path,
    attempt(path, () => readFileSync(path)),
  ).replace(/\r?\n$/, '');
}

/** Relative to the current directory when below it, else as it is. */
export function shownPath(path: string, currentDirectory: string): string {
  const way = relative(currentDirectory, path);
  return way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) ? path : way;
}

function refuseOddFile(shown: string, stats: Stats): void {
  if (stats.isDirectory()) throw new UnreadableFile(shown, 'a folder');
  if (!stats.isFile()) throw new UnreadableFile(shown, 'something that is not a regular file');
  if (stats.size > MAX_BYTES) throw new UnreadableFile(shown, `${stats.size} bytes, more than 1 MiB`);
}

function decode(shown: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableFile(shown, 'text that is not UTF-8');
  }
}

function attempt<T>(shown: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UnreadableFile(shown, systemReason(error));
  }
}

/** `no such file or directory` for ENOENT; the system's own message would repeat the path. */
export function systemReason(error: unknown): string {
  const number = error instanceof Error && 'errno' in error ? Number(error.errno) : Number.NaN;
  return getSystemErrorMap().get(number)?.[1] ?? 'an error of the system';
}
