import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemReason } from '../../config/yaml/source-file.ts';
import { UsageError } from '../shell/exit-codes.ts';
import type { Terminal } from '../shell/terminal.ts';
import { remedyText } from '../shell/text.ts';

export interface OutputFile {
  readonly name: string;
  readonly text: string;
}

/** With what the first line of every file begins that an export has written, and which a later one may replace. */
export const WRITTEN = '# Written by `pp-db-collector export';

/** Writes files into a folder, in place of those of an earlier export. Touches no other: then it writes nothing, and throws UsageError. */
export function writeOutput(folder: string, files: readonly OutputFile[], terminal: Terminal): void {
  const root = resolve(terminal.directory, folder);
  try {
    mkdirSync(root, { recursive: true });
    const foreign = files.find(({ name }) => isForeign(join(root, name)));
    if (foreign !== undefined)
      throw new UsageError(
        `${join(folder, foreign.name)} was not written by an export`,
        'Move it away, or name another folder.',
      );
    for (const { name, text } of files) writeFileSync(join(root, name), text);
    const written = new Set(files.map(({ name }) => name));
    const left = readdirSync(root).filter(
      (name) => !written.has(name) && textOf(join(root, name))?.startsWith(WRITTEN),
    );
    terminal.tell(`wrote ${files.length} files into ${folder}\n`);
    if (left.length > 0)
      terminal.tell(
        `left ${left.join(', ')}, which only an earlier export wrote\n${remedyText('Delete what is not needed any more.')}`,
      );
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `cannot write into ${folder}: ${systemReason(error)}`,
      'Name a folder that you may write to.',
    );
  }
}

const isForeign = (path: string): boolean => textOf(path)?.startsWith(WRITTEN) === false;

/** Undefined: there is no such file. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'EISDIR') return undefined;
    throw error;
  }
}
