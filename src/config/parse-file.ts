import { dirname } from 'node:path';
import { unreadable } from './finding.ts';
import { readSourceFile, shownPath, UnreadableFile } from './source-file.ts';
import { type ParsedFile, parseTree } from './yaml-tree.ts';

/** What reading a file needs to know besides its path. */
export interface ReadOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly currentDirectory: string;
}

/** Reads a file and fills in `${…}`, except under the top-level keys of `literal`. */
export function parseFile(path: string, options: ReadOptions, literal: readonly string[] = []): ParsedFile {
  const { environment, currentDirectory } = options;
  try {
    const file = readSourceFile(path, currentDirectory);
    return parseTree(file, { environment, folder: dirname(path) }, literal);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return { tree: undefined, findings: [unreadable(shownPath(path, currentDirectory), error.reason)] };
  }
}
