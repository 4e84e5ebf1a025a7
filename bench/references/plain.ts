import { createHash } from 'node:crypto';
import knexFactory from 'knex';

/**
 * What one writes in an afternoon: knex streams rows as objects, each gets an id, and a thousand at a time are posted.
 * `node plain.ts CLIENT DATABASE TABLE URL`; the columns are those of bench/workload/events.ts.
 */
const [client = '', database = '', table = '', url = ''] = process.argv.slice(2);
const BATCH = 1_000;

const knex = knexFactory({
  client,
  connection: client === 'better-sqlite3' ? { filename: database } : database,
  useNullAsDefault: true,
});
let batch: Record<string, unknown>[] = [];

async function send(): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer token-of-the-bench' },
    body: JSON.stringify(batch),
  });
  if (!response.ok) throw new Error(`answered ${response.status}`);
  await response.text();
  batch = [];
}

interface Row {
  readonly event_time: string | Date;
  readonly period: string;
  readonly channel: string;
  readonly event_count: number;
  readonly amount: string | number;
  readonly note: string | null;
}

const columns = ['event_time', 'period', 'channel', 'event_count', 'amount', 'note'];
const rows: AsyncIterable<Row> = knex(table).select(columns).stream();
for await (const { event_time, period, channel, event_count, amount, note } of rows) {
  const _timestamp = new Date(event_time).toISOString();
  const _id = createHash('sha256').update(`${_timestamp}.${period}.${channel}`).digest('hex');
  batch.push({ _id, _timestamp, period, channel, event_count, amount, note });
  if (batch.length === BATCH) await send();
}
if (batch.length > 0) await send();
await knex.destroy();
