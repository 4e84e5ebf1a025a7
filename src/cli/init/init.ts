import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { OWN_WRITE_API } from '../../first-job/write-api-file.ts';
import { EXIT, type ExitCode, UsageError } from '../shell/exit-codes.ts';
import type { Terminal } from '../shell/terminal.ts';
import { whereItIs } from './dashboard-files.ts';
import { FIRST_DRAFT, firstFiles, VARIABLES } from './first-files.ts';
import type { InitFlags } from './flags.ts';
import { writeNewFiles } from './new-files.ts';
import { commandsIn } from './next-steps.ts';

/**
 * `init`: writes files to begin with into a folder, and says how to go on; what is there already stays as it is. With a
 * database the first job is one of its tables', and runs as it stands.
 */
export async function init(folder: string, flags: InitFlags, terminal: Terminal): Promise<ExitCode> {
  const root = resolve(terminal.directory, folder);
  const { database, withDashboard = false } = flags;
  const writeApi = flags.writeApi ?? (withDashboard ? OWN_WRITE_API : PLATFORM);
  if (database !== undefined) {
    const { initFromDatabase } = await import('./from-database.ts');
    // Of a write API of one's own nobody else has to tell the token.
    const token = flags.token ?? (withDashboard ? randomBytes(32).toString('hex') : undefined);
    return initFromDatabase(
      folder,
      { ...flags, database, writeApi, ...(token === undefined ? {} : { token }) },
      terminal,
    );
  }
  refuseLonely(flags);
  const { text, kept } = writeNewFiles(root, firstFiles(writeApi, withDashboard));
  const serve = withDashboard ? ['serve &'] : [];
  const commands = commandsIn(folder, terminal, [...serve, 'check', 'preview first-job', 'run first-job']);
  const where = withDashboard ? whereItIs(FIRST_DRAFT, writeApi, kept) : '';
  await terminal.show(
    `${text}\nWrite your database, data set and query into the YAML files, set ${VARIABLES.join(' and ')}, then try:\n` +
      `${commands}${where}\nOr begin again in another folder with --database URL: then a first job is made of one of its tables.\n`,
  );
  return EXIT.success;
}

/** Where records go unless somebody says otherwise. */
const PLATFORM = 'https://www.performance.service.gov.uk';

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
