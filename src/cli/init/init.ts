import { resolve } from 'node:path';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import type { Terminal } from '../shell/terminal.ts';
import { firstFiles, VARIABLES } from './first-files.ts';
import { writeNewFiles } from './new-files.ts';
import { commandsIn } from './next-steps.ts';

/** `init`: writes files to begin with into a folder, and says how to go on; what is there already stays as it is. */
export async function init(folder: string, terminal: Terminal): Promise<ExitCode> {
  const { text } = writeNewFiles(resolve(terminal.directory, folder), firstFiles());
  const commands = commandsIn(folder, terminal, ['check', 'preview first-job', 'run first-job']);
  await terminal.print(
    `${text}\nWrite your database, data set and query into the YAML files, set ${VARIABLES.join(' and ')}, then try:\n` +
      commands,
  );
  return EXIT.success;
}
