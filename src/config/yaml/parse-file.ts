import { dirname } from 'node:path';
import { unreadable } from '../finding.ts';
import type { FileBounds } from './file-bounds.ts';
import { type KindOfFile, ownFile } from './own-file.ts';
import { readSourceFile, shownPath, UnreadableFile } from './source-file.ts';
import { type ParsedFile, parseTree } from './yaml-tree.ts';

/** What reading a file needs to know besides its path. */
export interface ReadOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly currentDirectory: string;
  /** Where files may lie; left out: anywhere. */
  readonly bounds?: FileBounds;
  /** Takes the secrets of the files that are read; left out: nobody does. */
  readonly secrets?: Set<string>;
}

/** Reads a file and fills in `${…}`, except under the top-level keys of `literal`. */
export function parseFile(
  path: string,
  kind: KindOfFile,
  options: ReadOptions,
  literal: readonly string[] = [],
): ParsedFile {
  const { environment, currentDirectory, bounds, secrets } = options;
  try {
    const file = readSourceFile(path, currentDirectory, bounds);
    return ownFile(
      file,
      parseTree(file, { environment, folder: dirname(path), ...(secrets && { secrets }) }, literal),
      kind,
    );
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return { tree: undefined, findings: [unreadable(shownPath(path, currentDirectory), error.reason)] };
  }
}
