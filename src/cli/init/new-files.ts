import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemReason } from '../../config/yaml/source-file.ts';
import { UsageError } from '../shell/exit-codes.ts';

/** A file to write: its path below the folder, and its text. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
  /** Whether nobody else may read it. */
  readonly isSecret?: boolean;
}

/** What became of each file, in words, and the paths of those that were there already. */
export interface Written {
  readonly text: string;
  readonly kept: readonly string[];
}

/** Writes files that are not there yet. All of them, before anything is said: whoever listens may go away. */
export function writeNewFiles(root: string, files: readonly NewFile[]): Written {
  const written = files.map((file) => ({ ...file, isNew: write(root, file) }));
  const lines = written.map(({ path, isNew, isSecret }) => {
    if (!isNew) return `kept  ${path}, which was there already\n`;
    return `wrote ${path}${isSecret === true ? ', which only you can read' : ''}\n`;
  });
  const kept = written.filter(({ isNew }) => !isNew).map(({ path }) => path);
  return { text: lines.join(''), kept };
}

/** Whether the file is new. */
function write(root: string, { path, text, isSecret = false }: NewFile): boolean {
  const target = join(root, path);
  try {
    mkdirSync(dirname(target), { recursive: true });
    // Fails when the file exists, so that nothing is ever overwritten, whoever else writes at the same time.
    writeFileSync(target, text, { flag: 'wx', ...(isSecret ? { mode: 0o600 } : {}) });
    return true;
  } catch (error) {
    if (isAlreadyThere(error)) return false;
    throw new UsageError(
      `cannot write ${target}: ${systemReason(error)}`,
      'Name a folder that you may write to.',
    );
  }
}

/** Of the file itself: `mkdir` says the same about a file that stands in the place of a folder. */
const isAlreadyThere = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'EEXIST' &&
  'syscall' in error &&
  error.syscall === 'open';
