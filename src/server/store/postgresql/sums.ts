import type { Pool } from 'pg';
import { type GroupsPlan, NEVER, READ_TIMEOUT } from '../../read/read-plan.ts';
import { formatTimestamp } from '../../records/timestamp.ts';
import { type KeptMonth, wantedSince } from '../kept-tallies.ts';
import type {
  CountedDay,
  CountedMonth,
  KeptDaysOfPlan,
  MissingMonth,
  MonthReading,
} from '../missing-month.ts';
import { ReadTurns } from '../read-turns.ts';
import {
  countedDaysSql,
  countedMonthsSql,
  keptDaysSql,
  keptMonthsSql,
  monthRecordsSql,
  noticeTalliesSql,
} from '../sql/kept-tallies-sql.ts';
import type { Answer } from '../store.ts';
import type { StoredRecord } from '../stored-record.ts';
import { definitionsByDataSet, SumsOfPlans } from '../sums-of-plans.ts';
import { ReadSession } from './read-session.ts';
import { inTransaction } from './transaction.ts';

/** Milliseconds for which months are added up in one go; then others have their turn. */
const STEP = 500;
/** Records that are added up in one turn of the loop. */
const PAGE = 500;
/** One process adds up one step at a time, of data sets by turns: connections are left for writing. */
const ONE = { atOnce: 1, ofOneDataSet: 1, mostWaiting: 1_000, longestWait: 30_000 };

/** The first key of the locks that say "somebody adds up this data set": any number that nobody else uses ("ppsu"). */
const ADDING = 0x70707375;
const LOCK = `SELECT pg_advisory_xact_lock(${ADDING}, hashtext($1))`;
const COUNTED_MONTHS = countedMonthsSql('$1');
const KEPT_MONTHS = keptMonthsSql('$1', 'definition = ANY ($2::text[])');
const COUNTED_DAYS = countedDaysSql('$1', '$2');
const KEPT_DAYS = keptDaysSql('$1', '$2', 'definition = ANY ($3::text[])');
const MONTH_RECORDS = `DECLARE month NO SCROLL CURSOR FOR ${monthRecordsSql('$1', '$2', '$3')}`;
const KEEP = `
  INSERT INTO month_tallies (data_set, definition, month, version, tallies, days)
  SELECT key, definition, month, version, tallies, days
  FROM data_sets, unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
    AS kept (definition, month, version, tallies, days)
  WHERE name = $1
  ON CONFLICT (data_set, definition, month) DO UPDATE
  SET version = excluded.version, tallies = excluded.tallies, days = excluded.days`;
/** Processes that say what they want at the same time wait for each other, whatever they want. */
const LOCK_WANTED = 'LOCK TABLE wanted_tallies IN SHARE ROW EXCLUSIVE MODE';
const WANT = `
  INSERT INTO wanted_tallies AS known (data_set, definition, wanted_at)
  SELECT key, definition, $3 FROM unnest($1::text[], $2::text[]) AS own (name, definition) JOIN data_sets USING (name)
  ON CONFLICT (data_set, definition) DO UPDATE SET wanted_at = greatest(known.wanted_at, excluded.wanted_at)`;
const NOTICE = noticeTalliesSql('$1');
const REMOVE_UNWANTED = `
  WITH unwanted AS (DELETE FROM wanted_tallies WHERE wanted_at < $1 RETURNING data_set, definition)
  DELETE FROM month_tallies USING unwanted
  WHERE month_tallies.data_set = unwanted.data_set AND month_tallies.definition = unwanted.definition`;

/** What is kept of months in a PostgreSQL database, and added up where it is not. */
export class PostgresqlSums {
  readonly #pool: Pool;
  readonly #turns = new ReadTurns(ONE);

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Throws ReadTooSlow, ReadsBusy, and the signal's reason when it is aborted. */
  async sums(dataSet: string, plans: readonly GroupsPlan[], signal = NEVER): Promise<readonly Answer[]> {
    let answers = (await this.#read(dataSet, plans, signal, 0)).answers;
    while (answers === undefined) {
      const end = await this.#turns.take(dataSet, signal);
      try {
        answers = await this.#step(dataSet, plans, signal);
      } finally {
        end();
      }
    }
    return answers;
  }

  async keepWanted(plans: ReadonlyMap<string, readonly GroupsPlan[]>, now: number): Promise<void> {
    const all = Array.from(definitionsByDataSet(plans), ([name, definitions]) =>
      definitions.map((definition) => [name, definition] as const),
    ).flat();
    const at = formatTimestamp(now);
    const [names, definitions] = [all.map(([name]) => name), all.map(([, definition]) => definition)];
    await inTransaction(this.#pool, async (client) => {
      await client.query(LOCK_WANTED);
      await client.query(WANT, [names, definitions, at]);
      await client.query(NOTICE, [at]);
      await client.query(REMOVE_UNWANTED, [wantedSince(now)]);
    });
  }

  /** Adds up some months, as the only one of all processes: whoever waits for it finds them kept. */
  async #step(
    dataSet: string,
    plans: readonly GroupsPlan[],
    signal: AbortSignal,
  ): Promise<readonly Answer[] | undefined> {
    return inTransaction(this.#pool, async (client) => {
      await client.query(LOCK, [dataSet]);
      const { answers, added } = await this.#read(dataSet, plans, signal, STEP);
      if (added.length > 0)
        await client.query(KEEP, [
          dataSet,
          added.map(({ definition }) => definition),
          added.map(({ month }) => month),
          added.map(({ version }) => version),
          added.map(({ tallies }) => tallies),
          added.map(({ days }) => days),
        ]);
      return answers;
    });
  }

  /** What there is; what is missing is added up for some time. */
  async #read(dataSet: string, plans: readonly GroupsPlan[], signal: AbortSignal, time: number) {
    const sums = new SumsOfPlans(plans);
    await using session = await ReadSession.begin(this.#pool, {
      signal,
      timeout: READ_TIMEOUT,
      whenEnded: () => undefined,
    });
    const months = await session.query<CountedMonth>(COUNTED_MONTHS, [dataSet]);
    const kept = await session.query<KeptMonth>(KEPT_MONTHS, [dataSet, sums.definitions]);
    sums.found(months.rows, kept.rows);
    const end = performance.now() + time;
    for (const month of sums.missing()) {
      if (performance.now() >= end) return { added: sums.added };
      sums.add(await addUp(session, dataSet, month));
    }
    return { answers: sums.answers(), added: sums.added };
  }
}

async function addUp(session: ReadSession, dataSet: string, month: MissingMonth): Promise<MonthReading> {
  const reading = month.isChanging ? await byDays(session, dataSet, month) : month.asWhole();
  if (reading.span === undefined) return reading;
  await session.query(MONTH_RECORDS, [dataSet, reading.span.from, reading.span.to]);
  let page: readonly StoredRecord[];
  do {
    page = (await session.query<StoredRecord>(`FETCH ${PAGE} FROM month`)).rows;
    for (const { timestamp, json } of page) reading.add(timestamp, json);
  } while (page.length === PAGE);
  await session.query('CLOSE month');
  return reading;
}

async function byDays(session: ReadSession, dataSet: string, missing: MissingMonth): Promise<MonthReading> {
  const { month, definitions } = missing;
  const days = await session.query<CountedDay>(COUNTED_DAYS, [dataSet, month]);
  const kept = await session.query<KeptDaysOfPlan>(KEPT_DAYS, [dataSet, month, definitions]);
  return missing.byDays(days.rows, kept.rows);
}
