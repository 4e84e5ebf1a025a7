import { openSqlite } from './open-sqlite.ts';
import type { NewRecord, Store, StoredRecord, Summary } from './store.ts';

const PAGE = 1_000;

const UPSERT = `
  INSERT INTO records (data_set, id, timestamp, updated_at, json) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (data_set, id) DO UPDATE
  SET timestamp = excluded.timestamp, updated_at = excluded.updated_at, json = excluded.json`;
const SUMMARY = `
  SELECT count(*) AS records, min(timestamp) AS "from", max(timestamp) AS "to" FROM records
  WHERE data_set = (SELECT key FROM data_sets WHERE name = ?)`;
const NEXT_PAGE = `
  SELECT rowid AS position, id, timestamp, updated_at AS updatedAt, json FROM records
  WHERE data_set = (SELECT key FROM data_sets WHERE name = ?) AND (timestamp, rowid) > (?, ?)
  ORDER BY timestamp, rowid LIMIT ${PAGE}`;

const NOTHING: Summary = { records: 0, from: null, to: null };

type Page = readonly (StoredRecord & { readonly position: number })[];

/** A store in one SQLite file, or in memory (`:memory:`). Throws StoreError when the file cannot be used. */
export function openSqliteStore(file: string): Store {
  const database = openSqlite(file);
  const addDataSet = database.prepare('INSERT INTO data_sets (name) VALUES (?) ON CONFLICT DO NOTHING');
  const keyOf = database.prepare<[string], number>('SELECT key FROM data_sets WHERE name = ?').pluck();
  const upsert = database.prepare(UPSERT);
  const remove = database.prepare(
    'DELETE FROM records WHERE data_set = (SELECT key FROM data_sets WHERE name = ?) AND id = ?',
  );
  const empty = database.prepare(
    'DELETE FROM records WHERE data_set = (SELECT key FROM data_sets WHERE name = ?)',
  );
  const summary = database.prepare<[string], Summary>(SUMMARY);
  const nextPage = database.prepare(NEXT_PAGE);

  const replace = database.transaction(
    (dataSet: string, records: readonly NewRecord[], updatedAt: string) => {
      addDataSet.run(dataSet);
      const key = keyOf.get(dataSet);
      for (const { id, timestamp, json } of records) upsert.run(key, id, timestamp, updatedAt, json);
    },
  );

  return {
    replace: async (dataSet, records, updatedAt) => replace.immediate(dataSet, records, updatedAt),
    remove: async (dataSet, id) => remove.run(dataSet, id).changes > 0,
    empty: async (dataSet) => {
      empty.run(dataSet);
    },
    summary: async (dataSet) => summary.get(dataSet) ?? NOTHING,
    async *records(dataSet) {
      // Page by page: a statement left open would block every write until its last row is read.
      let page: Page;
      let last = { timestamp: '', position: 0 };
      do {
        page = nextPage.all(dataSet, last.timestamp, last.position) as unknown as Page;
        for (const { position: _, ...record } of page) yield record;
        last = page.at(-1) ?? last;
      } while (page.length === PAGE);
    },
    close: async () => {
      database.close();
    },
  };
}
