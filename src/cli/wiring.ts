import type { Route } from '../collect/run-context.ts';
import type { Config, Job } from '../config/config.ts';
import { parseLoginUrl } from '../config/login-url.ts';
import type { DatabaseSection } from '../config/schema/config-schema.ts';
import type { Secret } from '../config/secret.ts';
import type { Source } from '../model/source.ts';
import type { State } from '../model/state.ts';
import { log } from '../observe/logger.ts';
import { MESSAGES } from '../observe/messages/catalogue.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { SharedDatabase } from '../replicas/database.ts';
import { createSource } from '../sources/create-source.ts';
import { STATE_DIALECT } from '../sources/dialects.ts';
import { addressIn } from '../sources/server-address.ts';
import { openSqliteState } from '../state/sqlite/open-state.ts';
import type { StoredState } from '../state/stored-state.ts';
import type { WriteApiOptions } from '../write-api/client-options.ts';
import type { DataSetAddress } from '../write-api/data-set.ts';
import type { HostCompany } from '../write-api/host-company.ts';
import { type ProxyEnvironment, proxyFor } from '../write-api/proxy.ts';
import { ReadClient } from '../write-api/read-client.ts';
import type { Retry } from '../write-api/retrying.ts';
import { WriteApiClient } from '../write-api/write-api-client.ts';
import type { Setting } from './shell/setting.ts';
import type { Terminal } from './shell/terminal.ts';
import { version } from './shell/version.ts';

const USER_AGENT = `pp-db-collector/${version}`;

/**
 * The stations of a row's journey, as the configuration names them: the one place that knows which implementations
 * there are.
 */
export class ConfiguredStations {
  readonly client: WriteApiClient;
  readonly #reading: ReadClient;
  readonly #config: Config;
  readonly #sources = new Map<string, Source>();
  #writeApiDownSince: number | undefined;

  /**
   * Connects to nothing yet. Throws a WriteApiError for settings that cannot work.
   *
   * @param metrics counts requests, where somebody does
   * @param company those who send to the same write host, by its address
   */
  constructor(
    { config, terminal, logger }: Pick<Setting, 'config' | 'terminal' | 'logger'>,
    metrics?: Metrics,
    company?: (host: string) => HostCompany,
  ) {
    this.#config = config;
    const { url: host, requests_in_flight } = config.write_api;
    const writeApi = writeApiOf(config, terminal);
    const connections = requests_in_flight * config.schedule.max_concurrent_runs;
    const tellRepeated = ({ dataSet, ...retry }: Retry) =>
      log(logger, MESSAGES.requestRepeated, { data_set: dataSet, ...retry });
    this.#reading = new ReadClient({
      ...writeApi,
      ...readAddress(config, terminal),
      connections,
      onRetry: tellRepeated,
    });
    this.client = new WriteApiClient({
      ...writeApi,
      company: company?.(host),
      connections,
      onAnswer: ({ dataSet, status }) => metrics?.requestAnswered(dataSet, status ?? 'none'),
      onRetry: (retry) => {
        metrics?.requestRepeated(retry.dataSet);
        tellRepeated(retry);
      },
      onHostDown: (failures, reason) => {
        this.#writeApiDownSince = Date.now();
        metrics?.hostDown();
        log(logger, MESSAGES.hostDown, { host, failures, reason });
      },
      onHostUp: (milliseconds) => {
        this.#writeApiDownSince = undefined;
        metrics?.hostUp();
        const seconds_down = Math.round(milliseconds / 1_000);
        log(logger, MESSAGES.hostUp, { host, seconds_down });
      },
      onCompressionRefused: (status) => log(logger, MESSAGES.compressionRefused, { host, status }),
    });
  }

  get writeApiDownSince(): number | undefined {
    return this.#writeApiDownSince;
  }

  learn(): Promise<void> {
    return this.client.learn();
  }

  /** The database of a job; opened once. */
  sourceOf(database: string): Source {
    const known = this.#sources.get(database);
    if (known !== undefined) return known;
    const settings = this.#config.databases[database];
    if (settings === undefined) throw new Error(`no database ${database} in the configuration`);
    const source = createSource(database, settings);
    this.#sources.set(database, source);
    return source;
  }

  /** Where the rows of a job come from and where its records go. */
  routeOf(job: Job): Route {
    const database = this.#config.databases[job.database];
    return {
      source: this.sourceOf(job.database),
      localTime: { zone: database?.timezone ?? 'UTC', ambiguous: database?.ambiguous },
      target: this.client.target(dataSetOf(job)),
      reader: this.#reading.reader(job.data_set),
      limits: this.#config.write_api,
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sources.values()].map((source) => source.close()));
    this.#reading.close();
    await this.client.close();
  }
}

/** How the write API of the configuration is reached. */
export function writeApiOf({ write_api }: Config, { environment }: Terminal): WriteApiOptions {
  const { proxy, requests_in_flight, ...settings } = write_api;
  return { ...settings, ...reachedAt(settings.url, proxy, environment), user_agent: USER_AGENT };
}

const readAddress = ({ write_api }: Config, { environment }: Terminal) =>
  reachedAt(write_api.read_url ?? write_api.url, write_api.proxy, environment);

const reachedAt = (url: string, proxy: Secret | undefined, environment: ProxyEnvironment) => ({
  url,
  proxy: proxy?.reveal() ?? proxyFor(url, environment),
});

/** A client of its own, for what no job is asked about. */
export const openClient = (options: WriteApiOptions): WriteApiClient =>
  new WriteApiClient({ user_agent: USER_AGENT, ...options });

/** The data set of a job with the right to write to it. */
export function dataSetOf({ data_set, file }: Job): DataSetAddress {
  const { data_group, data_type, token } = data_set;
  return { data_group, data_type, token: token.reveal(), token_source: `data_set.token of ${file}` };
}

/** Does some work with the stations and closes them, whatever becomes of it. */
export async function withStations<Result>(
  setting: Pick<Setting, 'config' | 'terminal' | 'logger'>,
  work: (stations: ConfiguredStations) => Promise<Result>,
): Promise<Result> {
  const stations = new ConfiguredStations(setting);
  try {
    return await work(stations);
  } finally {
    await stations.close();
  }
}

/** Does some work with a database that no configuration names yet, and closes it. */
export async function withSource<Result>(
  name: string,
  settings: DatabaseSection,
  work: (source: Source) => Promise<Result>,
): Promise<Result> {
  const source = createSource(name, settings);
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

/** The state that the configuration names. Throws StateError, or SourceError for a URL that cannot be used. */
export async function openState({ state }: Pick<Config, 'state'>): Promise<StoredState> {
  if (!('url' in state)) return openSqliteState('file' in state ? state.file : ':memory:');
  const { openPostgresqlState } = await import('../state/postgresql/open-state.ts');
  return openPostgresqlState(addressOfState(state));
}

/** Connections of their own to the database of the state, for those who share it. Connects to nothing yet. */
export async function openSharedDatabase({ state }: Pick<Config, 'state'>): Promise<SharedDatabase> {
  if (!('url' in state)) throw new Error('only a state in a database can be shared');
  const address = addressOfState(state);
  const { placeOf, poolOf } = await import('../state/postgresql/connections.ts');
  const { explainFailures } = await import('../state/postgresql/failures.ts');
  const { sharedDatabase } = await import('../replicas/shared-database.ts');
  const { SCHEMA } = await import('../replicas/run-queue-table.ts');
  const settings = { connections: 2, statementTimeout: 15_000, name: 'pp-db-collector schedule' };
  return sharedDatabase(poolOf(address, settings), explainFailures(placeOf(address()), SCHEMA));
}

/**
 * Makes what replicas need in the database of their state, where the configuration asks for replicas, as each of them
 * does when it starts. Throws StateError.
 */
export async function prepareSharedSchedule(config: Pick<Config, 'state' | 'schedule'>): Promise<void> {
  if (config.schedule.engine === 'local') return;
  const { BossQueue } = await import('../replicas/boss-queue.ts');
  const database = await openSharedDatabase(config);
  try {
    // Whoever looks after the queue is told what fails later on.
    const queue = await BossQueue.open(database, () => undefined);
    await queue.close();
  } finally {
    await database.close();
  }
}

const addressOfState = ({ url }: { readonly url: Secret }) => {
  return () => addressIn(url, STATE_PLACE, STATE_DIALECT.address);
};

/** For people: the file, or where the database is. */
export function placeOfState({ state }: Pick<Config, 'state'>): string {
  if (!('url' in state)) return 'file' in state ? state.file : 'memory';
  const url = parseLoginUrl(state.url.reveal());
  return 'fault' in url
    ? 'state.url'
    : `${url.host}:${url.port ?? STATE_DIALECT.address.port}/${url.path || url.user}`;
}

const STATE_PLACE = { what: 'the state database', key: 'state.url' };

/** Does some work with the state and closes it, which ends the leases that were taken, too. Throws StateError. */
export async function withState<Result>(
  config: Pick<Config, 'state'>,
  work: (state: State) => Promise<Result>,
): Promise<Result> {
  const state = await openState(config);
  try {
    return await work(state);
  } finally {
    await state.close();
  }
}
