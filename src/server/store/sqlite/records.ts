import type { Database, Statement } from 'better-sqlite3';
import { READ_TIMEOUT } from '../../read/read-plan.ts';
import { formatTimestamp } from '../../records/timestamp.ts';
import { wantedSince } from '../kept-tallies.ts';
import type { AddedMonth } from '../missing-month.ts';
import { dayOf, monthOf } from '../month.ts';
import { noticeTalliesSql } from '../sql/kept-tallies-sql.ts';
import type { Summary } from '../store.ts';
import type { StoredRecord } from '../stored-record.ts';
import { IdIndex, type IdSettings } from './id-index.ts';
import { countRecords, type PackedRecords, unpackRecord } from './packed-records.ts';
import { type ReadAnswer, type ReadQuestion, SqliteReads } from './reads.ts';

/** The statements of a SQLite store, run in whichever thread the database was opened. */

export const PAGE = 1_000;
/** Records in one statement: every call into SQLite costs as much as storing a record or two. */
const RECORDS_AT_ONCE = 50;

const upsertOf = (records: number) => `
  INSERT INTO records (place, data_set, id, timestamp, updated_at, json)
  VALUES ${Array(records).fill('(?, ?, ?, ?, ?, ?)').join(', ')}
  ON CONFLICT (place) DO UPDATE
  SET timestamp = excluded.timestamp, updated_at = excluded.updated_at, json = excluded.json`;
const SUMMARY = `
  SELECT count(*) AS records, min(timestamp) AS "from", max(timestamp) AS "to" FROM records
  WHERE data_set = (SELECT key FROM data_sets WHERE name = ?)`;
const LAST_UPDATE = 'SELECT updated_at FROM data_sets WHERE name = ?';
const TELL_UPDATE = `
  UPDATE data_sets SET updated_at = max(coalesce(updated_at, ''), ?) WHERE key = ?`;
const VERSION = `
  SELECT CAST(sum(count) AS text) FROM changes
  WHERE data_set = (SELECT key FROM data_sets WHERE name = ?)`;
const NEXT_PAGE = `
  SELECT place AS position, id, timestamp, updated_at AS updatedAt, json FROM records
  WHERE data_set = (SELECT key FROM data_sets WHERE name = ?) AND (timestamp, place) > (?, ?)
  ORDER BY timestamp, place LIMIT ${PAGE}`;

const KEEP = `
  INSERT INTO month_tallies (data_set, definition, month, version, tallies, days)
  SELECT key, ?, ?, ?, ?, ? FROM data_sets WHERE name = ?
  ON CONFLICT DO UPDATE SET version = excluded.version, tallies = excluded.tallies, days = excluded.days`;
const WANT = `
  INSERT INTO wanted_tallies (data_set, definition, wanted_at)
  SELECT data_sets.key, definition.value, ? FROM json_each(?) AS own
  JOIN data_sets ON data_sets.name = own.key JOIN json_each(own.value) AS definition WHERE true
  ON CONFLICT DO UPDATE SET wanted_at = max(wanted_at, excluded.wanted_at)`;
const REMOVE_UNWANTED = `
  DELETE FROM month_tallies WHERE (data_set, definition) IN (
    SELECT data_set, definition FROM wanted_tallies WHERE wanted_at < ?
  )`;
const FORGET_UNWANTED = 'DELETE FROM wanted_tallies WHERE wanted_at < ?';
const countChangeIn = (table: 'changes' | 'day_changes') => `
  INSERT INTO ${table} VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1`;

const NOTHING: Summary = { records: 0, from: null, to: null };

/** Where in a data set a page begins: after the record at this timestamp and position. */
interface PageStart {
  readonly timestamp: string;
  readonly position: number;
}

export type PageRow = StoredRecord & { readonly position: number };

type Methods = Pick<
  SqliteRecords,
  | 'replace'
  | 'remove'
  | 'empty'
  | 'summary'
  | 'lastUpdate'
  | 'version'
  | 'keep'
  | 'keepWanted'
  | 'page'
  | 'answer'
  | 'moveLog'
>;
/** The name of a method and its arguments, as they go from thread to thread. */
export type Call = {
  [Name in keyof Methods]: readonly [name: Name, ...values: Parameters<Methods[Name]>];
}[keyof Methods];
/** Runs a call in whichever thread the database is open. */
export type RunCall = <Name extends keyof Methods>(
  name: Name,
  ...values: Parameters<Methods[Name]>
) => Promise<ReturnType<Methods[Name]>>;

const CHANGES: ReadonlySet<string> = new Set(['replace', 'remove', 'empty', 'keep', 'keepWanted']);
const isChange = ([name]: Call): boolean => CHANGES.has(name);

/** Methods whose calls are sent by `send`, and whose results come back the same way. */
export const callsBy =
  (send: (call: Call) => Promise<unknown>): RunCall =>
  async (name, ...values) =>
    (await send([name, ...values] as unknown as Call)) as never;

export class SqliteRecords {
  readonly #database: Database;
  readonly #reads: SqliteReads;
  readonly #ids: IdIndex;
  readonly #addDataSet: Statement<[string]>;
  readonly #keyOf: Statement<[string], number>;
  readonly #upsert: Statement;
  readonly #upsertMany: Statement;
  readonly #countMonth: Statement<[number, string]>;
  readonly #countDay: Statement<[number, string]>;
  readonly #tellUpdate: Statement<[string, number]>;
  readonly #nextPage: Statement<[string, string, number], PageRow>;

  /** @param stop see SqliteReads */
  constructor(database: Database, stop?: Int32Array, ids?: IdSettings) {
    this.#database = database;
    this.#reads = new SqliteReads(database, READ_TIMEOUT, stop);
    this.#ids = new IdIndex(database, ids);
    this.#addDataSet = database.prepare('INSERT INTO data_sets (name) VALUES (?) ON CONFLICT DO NOTHING');
    this.#keyOf = database.prepare<[string], number>('SELECT key FROM data_sets WHERE name = ?').pluck();
    this.#upsert = database.prepare(upsertOf(1));
    this.#upsertMany = database.prepare(upsertOf(RECORDS_AT_ONCE));
    this.#countMonth = database.prepare(countChangeIn('changes'));
    this.#countDay = database.prepare(countChangeIn('day_changes'));
    this.#tellUpdate = database.prepare(TELL_UPDATE);
    this.#nextPage = database.prepare(NEXT_PAGE);
  }

  /**
   * Runs calls; those that change something in one transaction, on disk when it returns. A call that fails leaves
   * nothing behind and harms no other.
   */
  run(calls: readonly Call[]): readonly PromiseSettledResult<unknown>[] {
    const results = () => calls.map((call) => this.#attempt(call));
    try {
      return calls.some(isChange) ? this.#atOnce(results) : results();
    } catch (reason) {
      return calls.map(() => ({ status: 'rejected', reason }));
    }
  }

  #attempt(call: Call): PromiseSettledResult<unknown> {
    const [name, ...values] = call;
    const work = () => (this[name] as (...values: unknown[]) => unknown).apply(this, values);
    try {
      return { status: 'fulfilled', value: isChange(call) ? this.#atOnce(work) : work() };
    } catch (reason) {
      // The disk being full, say, ends the transaction around it, too.
      if (isChange(call) && !this.#database.inTransaction) throw reason;
      return { status: 'rejected', reason };
    }
  }

  /** All of `work` or nothing; within another of these a savepoint. */
  #atOnce<Result>(work: () => Result): Result {
    try {
      return this.#database.transaction(work).immediate();
    } catch (error) {
      this.#ids.distrustMemory();
      throw error;
    }
  }

  replace(dataSet: string, records: PackedRecords, updatedAt: string): void {
    this.#addDataSet.run(dataSet);
    const key = this.#keyOf.get(dataSet) as number;
    const count = countRecords(records);
    const unpacked = Array.from({ length: count }, (_, index) => unpackRecord(records, index));
    const places = this.#ids.placesOf(
      key,
      unpacked.map(([id = '']) => id),
    );
    let values: unknown[] = [];
    for (const [index, record] of unpacked.entries()) {
      const [id, timestamp, json] = record;
      values.push(places[index], key, id, timestamp, updatedAt, json);
      const isAlone = index >= count - (count % RECORDS_AT_ONCE);
      if (!isAlone && (index + 1) % RECORDS_AT_ONCE !== 0) continue;
      (isAlone ? this.#upsert : this.#upsertMany).run(values);
      values = [];
    }
    this.#countChange(key, new Set(unpacked.map(([_id, timestamp = '']) => dayOf(timestamp))));
    if (count > 0) this.#tellUpdate.run(updatedAt, key);
  }

  remove(dataSet: string, id: string): boolean {
    const key = this.#keyOf.get(dataSet);
    const place = key === undefined ? undefined : this.#ids.placeOf(key, id);
    if (key === undefined || place === undefined) return false;
    const timestamp = this.#database
      .prepare<[number], string>('DELETE FROM records WHERE place = ? RETURNING timestamp')
      .pluck()
      .get(place);
    if (timestamp !== undefined) this.#countChange(key, new Set([dayOf(timestamp)]));
    return true;
  }

  empty(dataSet: string): void {
    const key = this.#keyOf.get(dataSet);
    if (key === undefined) return;
    this.#database.prepare('DELETE FROM records WHERE data_set = ?').run(key);
    for (const table of ['changes', 'day_changes'])
      this.#database.prepare(`UPDATE ${table} SET count = count + 1 WHERE data_set = ?`).run(key);
    this.#database.prepare('UPDATE data_sets SET updated_at = NULL WHERE key = ?').run(key);
    this.#ids.remove(key);
  }

  /** One change of some days, and of their months. */
  #countChange(dataSet: number, days: ReadonlySet<string>): void {
    for (const day of days) this.#countDay.run(dataSet, day);
    for (const month of new Set(Array.from(days, monthOf))) this.#countMonth.run(dataSet, month);
  }

  /** Keeps what was added up of some months. */
  keep(dataSet: string, months: readonly AddedMonth[]): void {
    const keep = this.#database.prepare(KEEP);
    for (const { definition, month, version, tallies, days } of months)
      keep.run(definition, month, version, tallies, days, dataSet);
  }

  /** Removes what is kept for definitions that nobody wants. @param wanted definitions by data sets */
  keepWanted(wanted: Readonly<Record<string, readonly string[]>>, now: number): void {
    const at = formatTimestamp(now);
    this.#database.prepare(WANT).run(at, JSON.stringify(wanted));
    this.#database.prepare(noticeTalliesSql('?')).run(at);
    for (const sql of [REMOVE_UNWANTED, FORGET_UNWANTED]) this.#database.prepare(sql).run(wantedSince(now));
  }

  summary(dataSet: string): Summary {
    return this.#database.prepare<[string], Summary>(SUMMARY).get(dataSet) ?? NOTHING;
  }

  lastUpdate(dataSet: string): string | null {
    return this.#database.prepare<[string], string | null>(LAST_UPDATE).pluck().get(dataSet) ?? null;
  }

  version(dataSet: string): string {
    return this.#database.prepare<[string], string>(VERSION).pluck().get(dataSet) ?? '0';
  }

  /** One step of a query of the read API. */
  answer(question: ReadQuestion): ReadAnswer {
    return this.#reads.answer(question);
  }

  page(dataSet: string, { timestamp, position }: PageStart): readonly PageRow[] {
    return this.#nextPage.all(dataSet, timestamp, position);
  }

  /** Moves what has been stored from the write-ahead log into the file, as far as that holds up nobody. */
  moveLog(): void {
    this.#database.pragma('wal_checkpoint(PASSIVE)');
  }

  close(): void {
    this.#database.close();
  }
}
