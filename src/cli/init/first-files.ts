import { jsonSchemaOf } from '../../config/schema/json-schema.ts';
import { dashboardUrl, type ShownDraft } from '../../first-job/dashboard-file.ts';
import { jsonText } from '../shell/json.ts';
import { dashboardFiles } from './dashboard-files.ts';
import type { NewFile } from './new-files.ts';

/** The environment variables that the files take values from. */
const TOKEN_VARIABLE = 'FIRST_JOB_TOKEN';
export const VARIABLES: readonly string[] = ['DATABASE_URL', TOKEN_VARIABLE];

const config = (
  writeApi: string,
  withDashboard: boolean,
): string => `# yaml-language-server: $schema=./schema/config.json
# Where things are. The line above lets editors complete and explain every key. What is left out has a default.
# \${NAME} takes a value from the environment, \${file:PATH} from a file: no secret needs to stand here.

write_api:
  url: ${writeApi}   # /data/<data_group>/<data_type> is appended
${withDashboard ? `  dashboard_url: ${dashboardUrl(FIRST_DRAFT, writeApi)}   # where the status page leads to\n` : ''}
databases:
  reporting:                        # a name of your choice, which jobs use
    client: pg                      # pg (PostgreSQL) | mysql2 (MySQL, MariaDB) | better-sqlite3 (SQLite)
    connection: \${DATABASE_URL}     # e.g. postgres://collector:PASSWORD@db.example/service; it only needs to read
    timezone: UTC                   # in which the tables' times without a zone are meant

# state:                            # left out: { file: state/collector.sqlite }, for one machine
#   url: \${STATE_DATABASE_URL}      # a PostgreSQL database in its place, which several processes may share

schedule:
  timezone: Europe/London           # of jobs that set none
`;

const JOB = `# yaml-language-server: $schema=../schema/job.json
# One query, whose rows become the records of one data set. Replace what is marked with <--; the file's name is the job's.
description: Transactions of my service by channel, per day     # <--
database: reporting
schedule: "30 6 * * *"                # every day at 06:30
data_set:                             # <-- those who run the write API give you all three
  data_group: my-service
  data_type: transactions-by-channel
  token: \${FIRST_JOB_TOKEN}
window: { period: day, lookback: 3 }  # collects the last three days again, for rows that are entered late

# <-- :from and :to are bound to the span that a run collects. The day is that of the job's time zone: this line is for
# PostgreSQL and times in UTC; others are in docs/records.md, "The day of a time".
query: |
  SELECT (submitted_at AT TIME ZONE 'UTC' AT TIME ZONE :timezone)::date AS submitted_on,
         channel, count(*) AS transactions
  FROM applications
  WHERE submitted_at >= :from AND submitted_at < :to
  GROUP BY 1, 2
record:
  timestamp: submitted_on             # the column that becomes _timestamp
  id: [_timestamp, channel]           # what tells records apart: a later run replaces the record of the same id
  fields:                             # name in the record: column of the query
    channel: { column: channel, case: lower, map: { telephone: phone } }
    count: transactions
`;

/** What the job below delivers. */
export const FIRST_DRAFT: ShownDraft = {
  name: 'transactions-by-channel',
  dataGroup: 'my-service',
  timestamp: 'submitted_on',
  dimensions: ['channel'],
  value: 'count',
};

/** Files to begin with where nothing is known of the database, in the order in which a person reads them. */
export const firstFiles = (writeApi: string, withDashboard: boolean): readonly NewFile[] => [
  { path: 'config.yaml', text: config(writeApi, withDashboard) },
  { path: 'collectors/first-job.yaml', text: JOB },
  ...(withDashboard ? dashboardFiles(FIRST_DRAFT, TOKEN_VARIABLE, writeApi) : []),
  ...schemaFiles(),
];

/** What the first lines of the files lead editors to. */
export const schemaFiles = (): readonly NewFile[] =>
  (['config', 'job'] as const).map((kind) => ({
    path: `schema/${kind}.json`,
    text: jsonText(jsonSchemaOf(kind)),
  }));
