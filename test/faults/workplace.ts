import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Model } from './model.ts';
import type { EpisodePlan, RoundPlan } from './plan.ts';
import type { Source } from './source-server.ts';
import { TOKEN } from './write-api-process.ts';

/** The files of the collector in an episode. */

export interface Addresses {
  readonly writeHost: string;
  readonly source: Source;
  readonly databasePort: number;
  /** Of the state, as config.yaml has it. */
  readonly state: string;
}

export function writeJob(folder: string, model: Model, { variant, mode }: EpisodePlan): void {
  mkdirSync(join(folder, 'collectors'));
  const replaces = mode === 'snapshot' && variant === 2 ? ', replace: true' : '';
  writeFileSync(
    join(folder, 'collectors', 'rows.yaml'),
    `database: source\ndata_set: { data_group: faults, data_type: rows, token: ${TOKEN}${replaces} }\n${model.job}`,
    { mode: 0o600 },
  );
}

/**
 * Times are short where something is done to the side that they are for, and long elsewhere: what fails must fail
 * because of what was done to it, not because the machine is busy.
 */
export function writeConfig(
  folder: string,
  { limits, badRows }: EpisodePlan,
  addresses: Addresses,
  round?: RoundPlan,
): void {
  const isWriteHostBad = (round?.writeFaults.length ?? 0) > 0;
  const isDatabaseBad = round?.databaseFault !== undefined;
  // Only when the retries are over does the program look for the record that is to blame.
  const retryFor = badRows.includes('answered 500') ? '400ms' : isWriteHostBad ? '2s' : '60s';
  writeFileSync(
    join(folder, 'config.yaml'),
    `write_api:
  url: ${addresses.writeHost}
  timeout: ${isWriteHostBad ? '1500ms' : '30s'}
  max_batch_records: ${limits.max_batch_records}
  requests_in_flight: ${limits.requests_in_flight}
  gzip: ${limits.gzip}
  retry: { for: ${retryFor}, first_delay: 20ms, max_delay: 200ms }
databases:
  source:
    client: ${addresses.source.client}
    connection: ${addresses.source.connection(addresses.databasePort)}
    connect_timeout: ${isDatabaseBad ? '2s' : '30s'}
    query_timeout: ${isDatabaseBad ? '3s' : '60s'}
state: ${addresses.state}
log: { level: debug }
`,
    { mode: 0o600 },
  );
}
