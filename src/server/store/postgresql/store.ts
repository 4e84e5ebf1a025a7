import type { Pool, PoolClient } from 'pg';
import { NEVER } from '../../read/read-plan.ts';
import type { Store, Summary } from '../store.ts';
import type { NewRecord, StoredRecord } from '../stored-record.ts';
import { openPostgresql } from './open.ts';
import { PostgresqlReads } from './reads.ts';
import { PostgresqlSums } from './sums.ts';
import { inTransaction } from './transaction.ts';

/** OID of `text`. */
const TEXT = 25;
const HEADER = 20;

/**
 * Texts in the form in which PostgreSQL itself sends a `text[]`. As an array literal, each quotation mark of JSON
 * would be escaped here and unescaped there.
 */
function binaryArray(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  const buffer = Buffer.allocUnsafe(lengths.reduce((total, length) => total + 4 + length, HEADER));
  buffer.writeInt32BE(1, 0); // dimensions
  buffer.writeInt32BE(0, 4); // there are no nulls
  buffer.writeInt32BE(TEXT, 8);
  buffer.writeInt32BE(texts.length, 12);
  buffer.writeInt32BE(1, 16); // index of the first
  let offset = HEADER;
  for (const [index, text] of texts.entries()) {
    offset = buffer.writeInt32BE(lengths[index] ?? 0, offset);
    offset += buffer.write(text, offset);
  }
  return buffer;
}

const PAGE = 1_000;
/** Positions that a batch takes up: more than a request may hold records. */
const POSITIONS = 131_072;

/**
 * Locks the data set against being emptied meanwhile, and records in the order of their ids: two batches that hold
 * the same ids wait for each other instead of deadlocking.
 */
const UPSERT = `
  WITH
    data_set AS MATERIALIZED (SELECT key FROM data_sets WHERE name = $1 FOR KEY SHARE),
    batch AS MATERIALIZED (SELECT nextval('batches') * ${POSITIONS} AS start)
  INSERT INTO records AS old (data_set, id, timestamp, updated_at, position, json)
  SELECT data_set.key, record.id, record.timestamp, $2, batch.start + record.index, record.json
  FROM data_set, batch,
    unnest($3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS record (id, timestamp, json, index)
  ORDER BY record.id COLLATE "C"
  ON CONFLICT (data_set, id) DO UPDATE
  SET timestamp = excluded.timestamp, updated_at = excluded.updated_at, json = excluded.json`;
const ADD_DATA_SET = 'INSERT INTO data_sets (name) VALUES ($1) ON CONFLICT DO NOTHING';
const REMOVE = 'DELETE FROM records WHERE data_set = (SELECT key FROM data_sets WHERE name = $1) AND id = $2';
const LOCK = 'SELECT key FROM data_sets WHERE name = $1 FOR UPDATE';
const EMPTY = 'DELETE FROM records WHERE data_set = (SELECT key FROM data_sets WHERE name = $1)';
const FORGET_UPDATES = `
  UPDATE changes SET updated_at = NULL WHERE data_set = (SELECT key FROM data_sets WHERE name = $1)`;
const SUMMARY = `
  SELECT count(*)::float8 AS records, min(timestamp) AS "from", max(timestamp) AS "to" FROM records
  WHERE data_set = (SELECT key FROM data_sets WHERE name = $1)`;
const LAST_UPDATE = `
  SELECT max(updated_at) AS "updatedAt" FROM changes
  WHERE data_set = (SELECT key FROM data_sets WHERE name = $1)`;
const VERSION = `
  SELECT coalesce(sum(count), 0)::text AS version FROM changes
  WHERE data_set = (SELECT key FROM data_sets WHERE name = $1)`;
const NEXT_PAGE = `
  SELECT position, id, timestamp, updated_at AS "updatedAt", json FROM records
  WHERE data_set = (SELECT key FROM data_sets WHERE name = $1) AND (timestamp, position) > ($2, $3)
  ORDER BY timestamp, position LIMIT ${PAGE}`;

const NOTHING: Summary = { records: 0, from: null, to: null };

type PageRow = StoredRecord & { readonly position: string };

/** A store in a PostgreSQL database. Throws StoreError when the database cannot be used. */
export async function openPostgresqlStore(url: string): Promise<Store> {
  const pool = await openPostgresql(url);
  const [reads, sums] = [new PostgresqlReads(pool), new PostgresqlSums(pool)];
  return {
    replace: (dataSet, records, updatedAt) => replace(pool, dataSet, records, updatedAt),
    remove: async (dataSet, id) => ((await pool.query(REMOVE, [dataSet, id])).rowCount ?? 0) > 0,
    empty: (dataSet) => inTransaction(pool, (client) => empty(client, dataSet)),
    summary: async (dataSet) => (await pool.query<Summary>(SUMMARY, [dataSet])).rows[0] ?? NOTHING,
    lastUpdate: async (dataSet) =>
      (await pool.query<{ updatedAt: string | null }>(LAST_UPDATE, [dataSet])).rows[0]?.updatedAt ?? null,
    version: async (dataSet) =>
      (await pool.query<{ version: string }>(VERSION, [dataSet])).rows[0]?.version ?? '0',
    read: (dataSet, plan, signal = NEVER) => reads.read(dataSet, plan, signal),
    sums: (dataSet, plans, signal = NEVER) => sums.sums(dataSet, plans, signal),
    keepWanted: (plans, now) => sums.keepWanted(plans, now),
    async *records(dataSet) {
      let page: readonly PageRow[];
      let last = { timestamp: '', position: '0' };
      do {
        page = (await pool.query<PageRow>(NEXT_PAGE, [dataSet, last.timestamp, last.position])).rows;
        for (const { position: _, ...record } of page) yield record;
        last = page.at(-1) ?? last;
      } while (page.length === PAGE);
    },
    close: () => pool.end(),
  };
}

async function replace(
  pool: Pool,
  dataSet: string,
  records: readonly NewRecord[],
  updatedAt: string,
): Promise<void> {
  // One statement cannot store one id twice. The last record takes the place of the first.
  const ofId = new Map(records.map((record) => [record.id, record]));
  if (ofId.size === 0) return;
  const distinct = ofId.size === records.length ? records : [...ofId.values()];
  const statement = {
    name: 'replace',
    text: UPSERT,
    values: [
      dataSet,
      updatedAt,
      binaryArray(distinct.map(({ id }) => id)),
      binaryArray(distinct.map(({ timestamp }) => timestamp)),
      binaryArray(distinct.map(({ json }) => json)),
    ],
  };
  if ((await pool.query(statement)).rowCount === distinct.length) return;
  // Nothing was stored, because the data set is new.
  await pool.query(ADD_DATA_SET, [dataSet]);
  await pool.query(statement);
}

/** Waits until no batch is on its way into the data set, and keeps others out: none is emptied by half. */
async function empty(client: PoolClient, dataSet: string): Promise<void> {
  await client.query(LOCK, [dataSet]);
  await client.query(EMPTY, [dataSet]);
  await client.query(FORGET_UPDATES, [dataSet]);
}
