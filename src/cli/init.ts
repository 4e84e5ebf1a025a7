import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { jsonSchemaOf } from '../config/schema/json-schema.ts';
import { systemReason } from '../config/yaml/source-file.ts';
import { EXIT, type ExitCode, UsageError } from './shell/exit-codes.ts';
import { jsonText } from './shell/json.ts';
import type { Terminal } from './shell/terminal.ts';

/** A file to begin with: its path below the folder, and its text. */
interface FirstFile {
  readonly path: string;
  readonly text: string;
}

/** The environment variables that the files take values from. */
const VARIABLES: readonly string[] = ['DATABASE_URL', 'FIRST_JOB_TOKEN'];

const CONFIG = `# yaml-language-server: $schema=./schema/config.json
#
# Where things are. The line above lets editors complete and explain every key.
# \${NAME} takes a value from the environment, \${file:PATH} from a file: no secret needs to stand here.
# Relative paths are relative to this file. What is left out has a default; this shows those that are changed most often.

write_api:
  url: https://www.performance.service.gov.uk   # /data/<data_group>/<data_type> is appended
  # ca_file: department.pem                     # certificate authorities to trust besides the system's

databases:
  reporting:                        # a name of your choice, which jobs use
    client: pg                      # pg (PostgreSQL) | mysql2 (MySQL, MariaDB) | better-sqlite3 (SQLite)
    connection: \${DATABASE_URL}     # e.g. postgres://collector:PASSWORD@db.example/service; it only needs to read
    timezone: UTC                   # in which the tables' times without a zone are meant

collectors: collectors              # the folder of jobs: one file each, its name is the job's name

state:
  file: state/collector.sqlite      # how far each job is collected; keep this file

schedule:
  timezone: Europe/London           # of jobs that set none

log:
  level: info                       # trace | debug | info | warn | error
`;

const JOB = `# yaml-language-server: $schema=../schema/job.json
#
# A job: one query, whose rows become the records of one data set. Replace what is marked with <-- and
# rename the file: its name is the name of the job.

description: Transactions of my service by channel, per day     # <-- shown to people
database: reporting                   # a name under databases of config.yaml
schedule: "30 6 * * *"                # minute, hour, day of month, month, day of week: every day at 06:30

data_set:                             # <-- where the records go; those who run the write API give you all three
  data_group: my-service
  data_type: transactions-by-channel
  token: \${FIRST_JOB_TOKEN}

window:                               # or cursor: rows that are new, or snapshot: how things stand now
  period: day                         # hour | day | week | month | quarter | year
  lookback: 3                         # days to collect again at every run, for rows that are entered late
  # start: 2015-01-01                 # where the first run begins; left out: lookback days ago

# <-- your query. :from and :to are bound to the span that a run collects: from included, to excluded.
# The day is that of the job's time zone, which :timezone names. This is PostgreSQL and a column in UTC without a zone; in
# MySQL write date(convert_tz(submitted_at, 'UTC', :timezone)). In SQLite, or where a server lacks its zone tables, set
# window.max_periods: 1 and select :from_date AS submitted_on. A column of dates is compared with :from_date and :to_date.
query: |
  SELECT (submitted_at AT TIME ZONE 'UTC' AT TIME ZONE :timezone)::date AS submitted_on,
         channel, count(*) AS transactions
  FROM applications
  WHERE submitted_at >= :from AND submitted_at < :to
  GROUP BY 1, 2
  ORDER BY 1, 2

record:
  timestamp: submitted_on             # the column that becomes _timestamp
  id: [_timestamp, period, channel]   # what tells records apart: a later run replaces the record of the same id
  fields:                             # name in the record: column of the query
    period: { value: day }            # a constant
    channel: { column: channel, case: lower, map: { telephone: phone } }
    count: transactions
`;

/** All files, in the order in which a person reads them. */
const firstFiles = (): readonly FirstFile[] => [
  { path: 'config.yaml', text: CONFIG },
  { path: 'collectors/first-job.yaml', text: JOB },
  ...(['config', 'job'] as const).map((kind) => ({
    path: `schema/${kind}.json`,
    text: jsonText(jsonSchemaOf(kind)),
  })),
];

/** `init`: writes files to begin with into a folder, and says how to go on; what is there already stays as it is. */
export async function init(folder: string, terminal: Terminal): Promise<ExitCode> {
  const root = resolve(terminal.directory, folder);
  for (const file of firstFiles()) {
    const outcomeLine = write(root, file)
      ? `wrote ${file.path}`
      : `kept  ${file.path}, which was there already`;
    await terminal.print(`${outcomeLine}\n`);
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
