import type { Database } from 'better-sqlite3';
import type { StoredRecord } from '../store.ts';
import { groupRow, type RawRow } from './group-rows.ts';
import {
  type GroupRow,
  type GroupsPlan,
  READ_TIMEOUT,
  type ReadPlan,
  type ReadResult,
  ReadTooSlow,
  type RecordsPlan,
} from './read-plan.ts';
import { groupsSql, recordsSql, type Statement } from './sql-of.ts';
import { SQLITE } from './sqlite-dialect.ts';

/**
 * Reads in two steps, so that no statement stays open while a slow client takes its answer: first where the records are, then
 * the records, page by page. Both may run in a thread of their own: questions and answers are plain data.
 */
export type SqliteQuestion =
  | { readonly ask: 'places'; readonly dataSet: string; readonly plan: RecordsPlan }
  | { readonly ask: 'records'; readonly places: Float64Array }
  | { readonly ask: 'groups'; readonly dataSet: string; readonly plan: GroupsPlan };

export type SqliteAnswer =
  | { readonly answer: 'places'; readonly places: Float64Array }
  | { readonly answer: 'records'; readonly records: readonly StoredRecord[] }
  | { readonly answer: 'groups'; readonly groups: readonly GroupRow[] }
  | { readonly answer: 'too-slow' };

const PAGE = 500;
const RECORDS = `
  SELECT records.id, timestamp, updated_at AS updatedAt, records.json
  FROM json_each(?) AS place CROSS JOIN records ON records.rowid = place.value
  ORDER BY place.key`;

/** A read, by way of whoever answers the questions. Throws ReadTooSlow. */
export async function readSqlite(
  ask: (question: SqliteQuestion) => Promise<SqliteAnswer>,
  dataSet: string,
  plan: ReadPlan,
): Promise<ReadResult> {
  const first = await ask(
    plan.kind === 'groups' ? { ask: 'groups', dataSet, plan } : { ask: 'places', dataSet, plan },
  );
  if (first.answer === 'groups') return { kind: 'groups', groups: first.groups };
  if (first.answer !== 'places') throw new ReadTooSlow();
  return { kind: 'records', records: recordsAt(first.places, ask) };
}

async function* recordsAt(
  places: Float64Array,
  ask: (question: SqliteQuestion) => Promise<SqliteAnswer>,
): AsyncGenerator<StoredRecord> {
  for (let start = 0; start < places.length; start += PAGE) {
    const page = await ask({ ask: 'records', places: places.slice(start, start + PAGE) });
    if (page.answer === 'records') yield* page.records;
  }
}

/** Answers the questions from one open database. */
export class SqliteReads {
  readonly #database: Database;
  readonly #timeout: number;
  #deadline = 0;

  /** @param timeout milliseconds that one question may take */
  constructor(database: Database, timeout = READ_TIMEOUT) {
    this.#database = database;
    this.#timeout = timeout;
    // SQLite has no time-out of its own; this is asked for every record.
    database.function('within_time', () => {
      if (performance.now() > this.#deadline) throw new ReadTooSlow();
      return 1;
    });
  }

  answer(question: SqliteQuestion): SqliteAnswer {
    this.#deadline = performance.now() + this.#timeout;
    try {
      return this.#answer(question);
    } catch (error) {
      if (error instanceof ReadTooSlow) return { answer: 'too-slow' };
      throw error;
    }
  }

  #answer(question: SqliteQuestion): SqliteAnswer {
    switch (question.ask) {
      case 'places':
        return { answer: 'places', places: this.#places(question.dataSet, question.plan) };
      case 'records': {
        const statement = this.#database.prepare<[string], StoredRecord>(RECORDS);
        return { answer: 'records', records: statement.all(JSON.stringify([...question.places])) };
      }
      case 'groups': {
        const { plan } = question;
        const rows = this.#run<RawRow>(groupsSql(question.dataSet, plan, SQLITE));
        return { answer: 'groups', groups: Array.from(rows, (row) => groupRow(row, plan)) };
      }
    }
  }

  #places(dataSet: string, plan: RecordsPlan): Float64Array {
    const places: number[] = [];
    for (const { place } of this.#run<{ place: number }>(recordsSql(dataSet, plan, 'rowid AS place', SQLITE)))
      places.push(place);
    return Float64Array.from(places);
  }

  #run<Row>({ sql, parameters }: Statement): Iterable<Row> {
    const named = Object.fromEntries(parameters.map((value, index) => [`p${index + 1}`, value]));
    return this.#database.prepare<[Record<string, unknown>], Row>(sql).iterate(named);
  }
}
