import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { systemReason } from '../../config/yaml/source-file.ts';
import { UsageError } from '../shell/errors.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import type { Terminal } from '../shell/terminal.ts';
import { type FirstFile, firstFiles, VARIABLES } from './files.ts';

/** `init`: writes files to begin with into a folder, and says how to go on; what is there already stays as it is. */
export async function init(folder: string, terminal: Terminal): Promise<ExitCode> {
  const root = resolve(terminal.directory, folder);
  for (const file of firstFiles()) {
    const told = write(root, file) ? `wrote ${file.path}` : `kept  ${file.path}, which was there already`;
    await terminal.print(`${told}\n`);
  }
  await terminal.print(howToGoOn(root === terminal.directory ? '' : `cd ${quotedForShell(folder)}\n  `));
  return EXIT.success;
}

/** Whether the file is new. */
function write(root: string, { path, text }: FirstFile): boolean {
  const target = join(root, path);
  try {
    mkdirSync(dirname(target), { recursive: true });
    // Fails when the file exists, so that nothing is ever overwritten, whoever else writes at the same time.
    writeFileSync(target, text, { flag: 'wx' });
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

const howToGoOn = (enter: string): string => `
Write your database, data set and query into the YAML files, set ${VARIABLES.join(' and ')}, then try:
  ${enter}pp-db-collector check
  pp-db-collector preview first-job
  pp-db-collector run first-job
`;

const quotedForShell = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
