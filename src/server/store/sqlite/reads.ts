import type { Database } from 'better-sqlite3';
import {
  type GroupRow,
  type GroupsPlan,
  NEVER,
  READ_TIMEOUT,
  type ReadPlan,
  type ReadResult,
  ReadTooSlow,
  type RecordsPlan,
} from '../../read/read-plan.ts';
import type { KeptMonth } from '../kept-tallies.ts';
import type {
  AddedMonth,
  CountedDay,
  CountedMonth,
  KeptDaysOfPlan,
  MissingMonth,
  MonthReading,
} from '../missing-month.ts';
import {
  countedDaysSql,
  countedMonthsSql,
  keptDaysSql,
  keptMonthsSql,
  monthRecordsSql,
} from '../sql/kept-tallies-sql.ts';
import { groupRow, groupsSql, type RawRow, type ReadStatement, recordsSql } from '../sql/plan-sql.ts';
import type { Answer } from '../store.ts';
import type { StoredRecord } from '../stored-record.ts';
import { SumsOfPlans } from '../sums-of-plans.ts';
import { SQLITE } from './read-sql.ts';

/**
 * Reads in two steps, so that no statement stays open while a slow client takes its answer: first where the records
 * are, then the records, page by page. Both may run in a thread of their own: questions and answers are plain data.
 */
export type ReadQuestion =
  | { readonly ask: 'places'; readonly dataSet: string; readonly plan: RecordsPlan }
  | { readonly ask: 'records'; readonly places: Float64Array }
  | { readonly ask: 'groups'; readonly dataSet: string; readonly plan: GroupsPlan }
  | SumsQuestion;

export interface SumsQuestion {
  readonly ask: 'sums';
  readonly dataSet: string;
  readonly plans: readonly GroupsPlan[];
}

/** Puts a question to whoever answers it; once the signal is aborted the answer is not wanted any more. */
export type AskReader = (question: ReadQuestion, signal: AbortSignal) => Promise<ReadAnswer>;

export type ReadAnswer =
  | { readonly answer: 'places'; readonly places: Float64Array }
  | { readonly answer: 'records'; readonly records: readonly StoredRecord[] }
  | { readonly answer: 'groups'; readonly groups: readonly GroupRow[] }
  /** Without answers: more has to be added up, when what was added up so far is kept. */
  | { readonly answer: 'sums'; readonly answers?: readonly Answer[]; readonly added: readonly AddedMonth[] }
  | { readonly answer: 'given-up' };

/** Milliseconds for which months are added up in one go; then others have their turn. */
const STEP = 500;
const COUNTED_MONTHS = countedMonthsSql('@p1');
const KEPT_MONTHS = keptMonthsSql('@p1', 'definition IN (SELECT value FROM json_each(@p2))');
const COUNTED_DAYS = countedDaysSql('@p1', '@p2');
const KEPT_DAYS = keptDaysSql('@p1', '@p2', 'definition IN (SELECT value FROM json_each(@p3))');
const MONTH_RECORDS = monthRecordsSql('@p1', '@p2', '@p3');
const PAGE = 500;
const RECORDS = `
  SELECT records.id, timestamp, updated_at AS updatedAt, records.json
  FROM json_each(?) AS place CROSS JOIN records ON records.rowid = place.value
  ORDER BY place.key`;

/** A read, by way of whoever answers the questions. Throws ReadTooSlow, and the signal's reason when it is aborted. */
export async function readSqlite(
  ask: AskReader,
  dataSet: string,
  plan: ReadPlan,
  signal = NEVER,
): Promise<ReadResult> {
  const question =
    plan.kind === 'groups'
      ? ({ ask: 'groups', dataSet, plan } as const)
      : ({ ask: 'places', dataSet, plan } as const);
  const first = await ask(question, signal);
  signal.throwIfAborted();
  if (first.answer === 'groups') return { kind: 'groups', groups: first.groups };
  if (first.answer !== 'places') throw new ReadTooSlow();
  return { kind: 'records', records: recordsAt(first.places, ask, signal) };
}

async function* recordsAt(
  places: Float64Array,
  ask: AskReader,
  signal: AbortSignal,
): AsyncGenerator<StoredRecord> {
  for (let start = 0; start < places.length; start += PAGE) {
    signal.throwIfAborted();
    const page = await ask({ ask: 'records', places: places.slice(start, start + PAGE) }, signal);
    if (page.answer === 'records') yield* page.records;
  }
}

/** Answers the questions from one open database. */
export class SqliteReads {
  readonly #database: Database;
  readonly #timeout: number;
  readonly #stop: Int32Array;
  #deadline = 0;

  /**
   * @param timeout milliseconds that one statement may take
   * @param stop another thread sets its only entry to 1 when it does not want the answer any more
   */
  constructor(database: Database, timeout = READ_TIMEOUT, stop: Int32Array = new Int32Array(1)) {
    this.#database = database;
    this.#timeout = timeout;
    this.#stop = stop;
    // SQLite has no time-out of its own, and a thread in the midst of a statement hears nothing; this is asked for
    // every record.
    database.function('still_wanted', { deterministic: false }, () => {
      this.#requireWanted();
      return 1;
    });
  }

  answer(question: ReadQuestion): ReadAnswer {
    try {
      return this.#answer(question);
    } catch (error) {
      if (error instanceof ReadTooSlow) return { answer: 'given-up' };
      throw error;
    }
  }

  #answer(question: ReadQuestion): ReadAnswer {
    switch (question.ask) {
      case 'places':
        return { answer: 'places', places: this.#places(question.dataSet, question.plan) };
      case 'records': {
        const statement = this.#database.prepare<[string], StoredRecord>(RECORDS);
        return { answer: 'records', records: statement.all(JSON.stringify([...question.places])) };
      }
      case 'groups': {
        const { dataSet, plan } = question;
        const rows = this.#run<RawRow>(groupsSql(dataSet, plan, SQLITE));
        return { answer: 'groups', groups: Array.from(rows, (row) => groupRow(row, plan)) };
      }
      case 'sums':
        // All that is read belongs together.
        return this.#database.transaction(() => this.#sums(question)).deferred();
    }
  }

  #sums({ dataSet, plans }: SumsQuestion): ReadAnswer {
    const sums = new SumsOfPlans(plans);
    const months = [...this.#run<CountedMonth>({ sql: COUNTED_MONTHS, parameters: [dataSet] })];
    const definitions = JSON.stringify(sums.definitions);
    sums.found(months, [...this.#run<KeptMonth>({ sql: KEPT_MONTHS, parameters: [dataSet, definitions] })]);
    const end = performance.now() + STEP;
    for (const month of sums.missing()) {
      if (performance.now() > end) return { answer: 'sums', added: sums.added };
      sums.add(this.#addUp(dataSet, month));
    }
    return { answer: 'sums', answers: sums.answers(), added: sums.added };
  }

  #addUp(dataSet: string, month: MissingMonth): MonthReading {
    const reading = month.isChanging ? this.#byDays(dataSet, month) : month.asWhole();
    if (reading.span === undefined) return reading;
    const records = { sql: MONTH_RECORDS, parameters: [dataSet, reading.span.from, reading.span.to] };
    for (const { timestamp, json } of this.#run<StoredRecord>(records)) {
      this.#requireWanted();
      reading.add(timestamp, json);
    }
    return reading;
  }

  #byDays(dataSet: string, missing: MissingMonth): MonthReading {
    const { month } = missing;
    const definitions = JSON.stringify(missing.definitions);
    return missing.byDays(
      [...this.#run<CountedDay>({ sql: COUNTED_DAYS, parameters: [dataSet, month] })],
      [...this.#run<KeptDaysOfPlan>({ sql: KEPT_DAYS, parameters: [dataSet, month, definitions] })],
    );
  }

  #places(dataSet: string, plan: RecordsPlan): Float64Array {
    const places: number[] = [];
    for (const { place } of this.#run<{ place: number }>(
      recordsSql(dataSet, plan, 'rowid AS place', SQLITE),
    )) {
      this.#requireWanted();
      places.push(place);
    }
    return Float64Array.from(places);
  }

  #requireWanted(): void {
    if (Atomics.load(this.#stop, 0) === 1 || performance.now() > this.#deadline) throw new ReadTooSlow();
  }

  #run<Row>({ sql, parameters }: ReadStatement): Iterable<Row> {
    this.#deadline = performance.now() + this.#timeout;
    const named = Object.fromEntries(parameters.map((value, index) => [`p${index + 1}`, value]));
    return this.#database.prepare<[Record<string, unknown>], Row>(sql).iterate(named);
  }
}
