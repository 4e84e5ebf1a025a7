import { resolve } from 'node:path';
import { Workplace } from '../../test/support/program.ts';
import type { Bench } from '../bench.ts';
import type { Counts } from '../sink/conversation.ts';
import type { Workload } from '../workload/databases.ts';
import type { Run } from './measured-run.ts';

export const MAIN = resolve(import.meta.dirname, '../../dist/main.js');

/** A run, and what the sink was sent by it. */
export interface Delivery extends Run {
  readonly sent: Counts;
}

/** Keys of `write_api`, as YAML writes them. */
export type Delivering = Readonly<Record<string, string | number | boolean>>;

const USUAL: Delivering = { max_batch_records: 2_000, max_batch_bytes: '10MiB', gzip: false };

/** `pp-db-collector run` of one job, by the built program and with a state that is new. */
export async function collect(
  bench: Bench,
  workload: Workload,
  delivering: Delivering = {},
): Promise<Delivery> {
  const workplace = new Workplace();
  try {
    workplace.write('config.yaml', configText(bench.sink.url, workload, { ...USUAL, ...delivering }));
    workplace.write('collectors/events.yaml', jobText(workload));
    const command = { program: process.execPath, args: [MAIN, 'run', 'events'], folder: workplace.folder };
    return await delivered(bench, workload, () => bench.run(command));
  } finally {
    workplace.remove();
  }
}

/** Runs what sends all rows of a workload, and checks that it has. */
export async function delivered(
  bench: Bench,
  { rows }: Workload,
  send: () => Promise<Run>,
): Promise<Delivery> {
  await bench.sink.take();
  const run = await send();
  const sent = await bench.sink.take();
  if (sent.records !== rows) throw new Error(`${sent.records} records arrived of ${rows} rows`);
  return { ...run, sent };
}

export function configText(sink: string, { database }: Workload, delivering: Delivering): string {
  const { client, url } = database;
  const connection =
    client === 'better-sqlite3' ? `{ filename: ${JSON.stringify(url)} }` : JSON.stringify(url);
  const keys = Object.entries(delivering).map(([key, value]) => `, ${key}: ${value}`);
  return `write_api: { url: "${sink}"${keys.join('')} }
databases: { source: { client: ${client}, connection: ${connection} } }
schedule: { timezone: UTC }
http: { listen: "127.0.0.1:0" }
`;
}

function jobText({ columns, table, id }: Workload): string {
  return `database: source
data_set: { data_group: bench, data_type: events, token: token-of-the-bench }
window: { period: hour, start: 2015-01-01, max_periods: 1000000 }
query: SELECT ${columns.join(', ')} FROM ${table} WHERE event_time >= :from AND event_time < :to
record: { timestamp: event_time, id: [${['_timestamp', ...id].join(', ')}] }
`;
}
