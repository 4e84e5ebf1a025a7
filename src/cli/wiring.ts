import type { Route } from '../collect/collect-window.ts';
import type { Source, State } from '../collect/interfaces.ts';
import type { Config, Job } from '../config/config.ts';
import { log } from '../observe/logger.ts';
import { MESSAGES } from '../observe/messages.ts';
import { createSource } from '../sources/create-source.ts';
import { openSqliteState } from '../state/sqlite-state.ts';
import { proxyFor } from '../write-api/proxy.ts';
import { WriteApiClient } from '../write-api/write-api-client.ts';
import type { Setting } from './setting.ts';
import { version } from './version.ts';

/** The stations of a row's journey, as the configuration names them: the one place that knows which implementations there are. */
export class Stations {
  readonly client: WriteApiClient;
  readonly #config: Config;
  readonly #sources = new Map<string, Source>();

  /** Connects to nothing yet. Throws a WriteApiError for settings that cannot work. */
  constructor({ config, terminal, logger }: Pick<Setting, 'config' | 'terminal' | 'logger'>) {
    const { proxy, requests_in_flight, ...settings } = config.write_api;
    this.#config = config;
    this.client = new WriteApiClient({
      ...settings,
      proxy: proxy?.reveal() ?? proxyFor(settings.url, terminal.environment),
      connections: requests_in_flight * config.schedule.max_concurrent_runs,
      onRetry: ({ dataSet, ...retry }) =>
        log(logger, MESSAGES.requestRepeated, { data_set: dataSet, ...retry }),
      user_agent: `pp-db-collector/${version}`,
    });
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
      clock: { zone: database?.timezone ?? 'UTC', ambiguous: database?.ambiguous },
      target: this.client.target({ ...job.data_set, token: job.data_set.token.reveal() }),
      limits: this.#config.write_api,
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sources.values()].map((source) => source.close()));
    await this.client.close();
  }
}

/** The state that the configuration names. Throws StateError. */
export function openState(config: Config): State {
  return openSqliteState('file' in config.state ? config.state.file : ':memory:');
}
