import { resolve } from 'node:path';
import { EXIT, type ExitCode, UsageError } from '../shell/exit-codes.ts';
import type { Terminal } from '../shell/terminal.ts';
import { firstFiles, VARIABLES } from './first-files.ts';
import type { InitFlags } from './flags.ts';
import { writeNewFiles } from './new-files.ts';
import { commandsIn } from './next-steps.ts';

/**
 * `init`: writes files to begin with into a folder, and says how to go on; what is there already stays as it is. With a
 * database the first job is one of its tables', and runs as it stands.
 */
export async function init(folder: string, flags: InitFlags, terminal: Terminal): Promise<ExitCode> {
  const root = resolve(terminal.directory, folder);
  if (flags.database !== undefined) {
    const { initFromDatabase } = await import('./from-database.ts');
    return initFromDatabase(folder, { ...flags, database: flags.database }, terminal);
  }
  refuseLonely(flags);
  const { text } = writeNewFiles(root, firstFiles());
  const commands = commandsIn(folder, terminal, ['check', 'preview first-job', 'run first-job']);
  await terminal.show(
    `${text}\nWrite your database, data set and query into the YAML files, set ${VARIABLES.join(' and ')}, then try:\n` +
      `${commands}\nOr begin again in another folder with --database URL: then a first job is made of one of its tables.\n`,
  );
  return EXIT.success;
}

/** What says something of a database means nothing without one. */
function refuseLonely({ table, query, dateColumn, dataGroup, token }: InitFlags): void {
  const given = { '--table': table, '--query': query, '--date-column': dateColumn };
  const others = { '--data-group': dataGroup, '--token': token };
  const [lonely] = Object.entries({ ...given, ...others }).flatMap(([name, value]) => (value ? name : []));
  if (lonely === undefined) return;
  throw new UsageError(
    `${lonely} needs the database that the job reads`,
    'Give its URL, or the path of its file, with --database.',
  );
}
