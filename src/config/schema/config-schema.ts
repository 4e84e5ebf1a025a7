import { z } from 'zod';
import { CLIENTS, DIALECTS, STATE_DIALECT } from '../../sources/dialects.ts';
import { whenSound } from '../check/complain.ts';
import { checkDatabase, checkStateUrl } from '../check/database.ts';
import { checkEngine } from '../check/engine.ts';
import { checkWriteApi } from '../check/write-api.ts';
import {
  count,
  duration,
  hostName,
  listenAddress,
  secret,
  size,
  text,
  timerDuration,
  timeZone,
} from './values.ts';

/** The one description of `config.yaml`: types, defaults, JSON Schema and reference all come from it. */

const described = DIALECTS.map(({ client, products }) => `${client} for ${products.join(' and ')}`);
const ports = DIALECTS.flatMap(({ address, products: [product] }) =>
  address.kind === 'server' ? `${address.port} for ${product}` : [],
);
const files = DIALECTS.flatMap(({ address, products: [product] }) =>
  address.kind === 'file' ? product : [],
);

const retry = z.strictObject({
  for: duration().prefault('5m').describe('give up on a batch after this long'),
  first_delay: timerDuration()
    .prefault('500ms')
    .describe('delay before the first repeat; doubles, with full jitter'),
  max_delay: timerDuration().prefault('30s').describe('longest delay between two repeats'),
});

const DASHBOARD_URL =
  'an address such as https://numbers.example/dashboards/{data_group}, with nothing else in braces but {data_type}';

const writeApi = z
  .strictObject({
    url: z
      .string({ error: 'the address of the write API, e.g. https://www.performance.service.gov.uk' })
      .describe('address of the write API; /data/<data_group>/<data_type> is appended'),
    read_url: z
      .string({ error: 'the address of the read API, e.g. https://www.performance.service.gov.uk' })
      .optional()
      .describe(
        'address at which data sets are read, likewise; no token is sent there; left out: that of the write API',
      ),
    timeout: timerDuration()
      .prefault('60s')
      .describe('one request, from connecting to the end of the answer'),
    max_batch_records: count(1).default(1_000).describe('most records in one request'),
    max_batch_bytes: size({ from: '1KiB', to: '10MiB' })
      .prefault('1MiB')
      .describe('most bytes of JSON in one request, before compression; at most 10MiB'),
    gzip: z.boolean().default(true).describe('compress bodies over 2 KiB'),
    requests_in_flight: count(1).default(2).describe('requests on their way at once, per run'),
    retry: retry.prefault({}),
    proxy: z
      .union([secret(), z.literal('').transform(() => undefined)], {
        error: 'a URL such as http://proxy.example:3128',
      })
      .optional()
      .describe(
        'http://user:password@host:port; left out: HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment',
      ),
    ca_file: text()
      .optional()
      .describe('PEM file with certificate authorities to trust besides the system’s'),
    dashboard_url: z
      .string({ error: DASHBOARD_URL })
      .regex(/^https?:\/\/[^\s/@{}]+(?:\/(?:[^\s{}]|\{data_(?:group|type)\})*)?$/i, { error: DASHBOARD_URL })
      .optional()
      .describe(
        'where the status page links data sets to; {data_group} and {data_type} stand for those of the data set; ' +
          'left out: nowhere',
      ),
    allow_plain_http: z
      .boolean()
      .default(false)
      .describe('accept http:// for addresses that are not loopback: tokens then travel in the clear'),
  })
  .superRefine(checkWriteApi, whenSound('url', 'read_url', 'proxy', 'allow_plain_http', 'retry'));

const connection = z.union(
  [
    z.strictObject({
      host: text().optional().describe('name or address of the server, or the path of its Unix socket'),
      port: count(1, 65_535)
        .optional()
        .describe(`left out: ${ports.join(', ')}`),
      user: text().optional().describe('may read the tables of the queries, and nothing more'),
      password: secret().optional().describe('never printed'),
      database: text().optional().describe('name of the database on the server'),
      ssl: z
        .union([
          z.boolean(),
          z.strictObject({
            ca_file: text().optional().describe('PEM file with the certificate authority of the server'),
            reject_unauthorized: z
              .boolean()
              .default(true)
              .describe('false: do not check the certificate of the server'),
          }),
        ])
        .optional()
        .describe('true: encrypt the connection and check the certificate of the server'),
      filename: text()
        .optional()
        .describe(`${files.join(', ')}: the database file, relative to config.yaml`),
    }),
    secret(),
  ],
  { error: 'a URL, or a mapping such as { host: …, user: … } or { filename: … }' },
);

const database = z
  .strictObject({
    client: z.enum(CLIENTS).describe(described.join(', ')),
    connection: connection.describe(
      'a URL, with / ? # and % in its user and password percent-encoded, or a mapping: host, port, user, password, ' +
        'database, ssl | filename',
    ),
    timezone: timeZone().default('UTC').describe('zone of timestamps that carry none, and of the session'),
    ambiguous: z
      .enum(['earlier', 'later'])
      .optional()
      .describe(
        'which reading to take of a local time that exists twice or not at all; left out: not a record',
      ),
    max_connections: count(1).default(2).describe('runs on this database at a time'),
    connect_timeout: timerDuration().prefault('10s').describe('time to connect and log in'),
    query_timeout: timerDuration().prefault('10m').describe('time for one query, enforced by the server'),
  })
  .superRefine(checkDatabase, whenSound('client', 'connection'));

const state = z.union(
  [
    z.strictObject({ file: text().describe('SQLite file; relative to config.yaml') }),
    z
      .strictObject({
        url: secret().describe(
          `${STATE_DIALECT.address.protocols[0]}//user:password@host:port/database, where a schema of its own is made, ` +
            'pp_db_collector; any number of processes may share it; never printed',
        ),
      })
      .superRefine(checkStateUrl, whenSound('url')),
    z.strictObject({ memory: z.literal(true).describe('nothing survives a restart') }),
  ],
  { error: `either file: PATH, url: ${STATE_DIALECT.address.protocols[0]}//… or memory: true` },
);

/** Who decides when jobs run. */
const ENGINES = ['local', 'pg-boss'] as const;

export const configSchema = z
  .strictObject({
    write_api: writeApi,
    databases: z
      .record(z.string(), database, { error: 'databases by name' })
      .refine((databases) => Object.keys(databases).length > 0, { error: 'at least one database' })
      .describe('the databases by the names that jobs use'),
    collectors: text().default('collectors').describe('folder of job files, read recursively'),
    allow_outside: z
      .boolean()
      .default(false)
      .describe(
        'take job files and query files, links followed, from outside of the folders of config.yaml and collectors, too',
      ),
    state: state.prefault({ file: 'state/collector.sqlite' }),
    schedule: z
      .strictObject({
        timezone: timeZone()
          .default('Europe/London')
          .describe('time zone of jobs that set none, and the clock of pages and commands'),
        engine: z
          .enum(ENGINES)
          .default('local')
          .describe(
            'local: one daemon runs all jobs; pg-boss: any number of daemons with the same state.url share them',
          ),
        max_concurrent_runs: count(1)
          .default(4)
          .describe('most runs at a time, of all daemons together and of one `run`'),
        missed_runs: z
          .enum(['run_once', 'skip'])
          .default('run_once')
          .describe('what the daemon does about runs that were due while it was not there'),
      })
      .prefault({}),
    http: z
      .strictObject({
        listen: z
          .union([z.literal('off').transform(() => undefined), listenAddress(9_464, ', or off')], {
            error: 'a host and a port such as 127.0.0.1:9464, or off',
          })
          .prefault('127.0.0.1:9464')
          .describe('address of health, metrics and the status page of the daemon: host:port, or off'),
        token: z
          .union([secret(), z.literal('').transform(() => undefined)], {
            error: 'a text that is hard to guess',
          })
          .optional()
          .describe('when set, needed for everything but /healthz and /readyz; allows to start runs'),
        allowed_hosts: z
          .array(hostName())
          .default([])
          .describe(
            'names, without ports, by which the status page may be asked for besides the address of listen, while ' +
              'there is no token',
          ),
      })
      .prefault({}),
    log: z
      .strictObject({
        level: z
          .enum(['trace', 'debug', 'info', 'warn', 'error'])
          .default('info')
          .describe('least important messages to write'),
        format: z
          .enum(['auto', 'json', 'pretty'])
          .default('auto')
          .describe('auto: pretty on a terminal, else json'),
      })
      .prefault({}),
  })
  .superRefine(checkEngine, whenSound('state', 'schedule'));

/** What tells the file from others. */
export const CONFIG_FILE = { name: 'a config.yaml', keys: Object.keys(configSchema.shape) } as const;

/** What `config.yaml` says, defaults filled in: durations in milliseconds, sizes in bytes, paths absolute. */
export type ConfigFile = z.output<typeof configSchema>;
export type WriteApiSettings = ConfigFile['write_api'];
export type DatabaseSection = ConfigFile['databases'][string];
export type StateSettings = ConfigFile['state'];
