import { compareDeadLetters, compareRecords, type Expected, sorted, withoutRefused } from './compare.ts';
import { dateAt, daysAfter, startOf, utcText } from './london.ts';
import {
  curesOf,
  type Differences,
  type Facts,
  type Model,
  type ModelContext,
  rowsToChange,
  type Written,
  withBadRows,
} from './model.ts';
import type { PlannedWriter } from './plan.ts';
import { Random } from './random.ts';
import { decimalJson, idOf, recordText, textJson } from './record-text.ts';
import type { Session } from './session.ts';
import { amountOf, insertRows, newRow, readRows, type SourceRow, spoilt } from './source-table.ts';

const DAYS = 12;
/** The job looks back a day further: midnight may pass. */
const LATE_DAYS = 2;
const MAX_PERIODS = [2, 31, 1] as const;

/** A day at a time, in the local dates of London. */
export function windowModel(context: ModelContext): Model {
  const { plan, nextSeq } = context;
  const today = dateAt(Date.now());
  const start = daysAfter(today, -DAYS);
  return {
    job: `timezone: Europe/London
window: { period: day, lookback: ${LATE_DAYS + 1}, start: ${start}, max_periods: ${MAX_PERIODS[plan.variant]} }
send: ${plan.seed % 4 === 0 ? 'all' : 'changed'}
query: SELECT moment, seq, code, amount, note FROM events WHERE moment >= :from AND moment < :to ORDER BY seq
record: { timestamp: moment, id: [_timestamp, code, seq], fields: { seq: seq, code: code, amount: amount, note: note } }
`,
    oneWriterAtATime: false,
    settling: 0,
    initialRows: (random) => {
      const rows = Array.from({ length: plan.initialRows }, () =>
        rowOf(nextSeq(), daysAfter(start, random.whole(0, DAYS)), random),
      );
      const past = rows.filter(({ moment }) => dateOf(moment) < today);
      const spoiltOnes = new Map(
        withBadRows(past, plan.badRows, random, spoilt).map((row) => [row.seq, row]),
      );
      return rows.map((row) => spoiltOnes.get(row.seq) ?? row);
    },
    write: (planned, session) => write(planned, session, context),
    standing,
    leftToPeople,
    final,
  };
}

/** The local date of a row. @param moment as the database prints it, UTC */
export const dateOf = (moment: string): string =>
  dateAt(Date.parse(`${moment.slice(0, 23).replace(' ', 'T')}Z`));

function rowOf(seq: number, date: string, random: Random): SourceRow {
  const [from, to] = [startOf(date), startOf(daysAfter(date, 1))];
  return newRow(seq, utcText(random.whole(from, to - 1)), random);
}

async function write(planned: PlannedWriter, session: Session, context: ModelContext): Promise<Written> {
  const random = new Random(planned.seed);
  const today = dateAt(Date.now());
  const done = { events: [planned.event], stamped: undefined };
  if (planned.event !== 'corrected rows') {
    const late = planned.event === 'late rows';
    const date = () => daysAfter(today, late ? -random.whole(1, LATE_DAYS) : 0);
    await insertRows(
      session,
      Array.from({ length: planned.rows }, () => rowOf(context.nextSeq(), date(), random)),
    );
    return done;
  }
  const from = utcText(startOf(daysAfter(today, -LATE_DAYS)));
  const rows = await readRows(session, `moment >= '${from}' AND code IS NOT NULL`);
  const chosen = rowsToChange(rows, planned, context);
  for (const { seq } of chosen) {
    await session.query(`UPDATE events SET amount = ?, note = ? WHERE seq = ?`, [
      amountOf(random),
      'corrected',
      seq,
    ]);
  }
  return { ...done, events: [...(chosen.length > 0 ? [planned.event] : []), ...curesOf(chosen, context)] };
}

/** The rows of the days before an instant, as records. */
export function recordsOf(rows: readonly SourceRow[]): Expected {
  return new Map(
    rows.map(({ seq, moment, code, amount, note }) => {
      const timestamp = `${dateOf(moment)}T00:00:00Z`;
      const id = idOf([JSON.stringify(timestamp), textJson(code), String(seq)]);
      return [
        id,
        recordText(id, timestamp, {
          seq: String(seq),
          code: textJson(code),
          amount: decimalJson(amount),
          note: textJson(note),
        }),
      ];
    }),
  );
}

/** Rows that were there before the first run; those that came or changed later may be missing until a run succeeds. */
function standing(facts: Omit<Facts, 'lastRun'>): Differences {
  const { state, records, firstRunAt } = facts;
  const rows = withoutRefused(facts.rows, facts);
  const { collectedTo } = state;
  if (collectedTo === undefined) return [];
  const lookback = startOf(daysAfter(dateAt(firstRunAt), -LATE_DAYS - 1));
  const before = dateAt(Math.min(collectedTo, lookback));
  const { good, bad } = sorted(rows.filter(({ moment }) => dateOf(moment) < before));
  return [
    ...compareRecords(recordsOf(good), records, false),
    ...compareDeadLetters(bad, state.deadLetters, false),
  ];
}

/**
 * A run whose clock is behind looks back further than those after it: a dead letter there that it has overtaken when it
 * is killed is settled by nobody but a person.
 */
function leftToPeople({ rows, state, wasBehind }: Omit<Facts, 'lastRun'>): readonly string[] {
  const lookback = daysAfter(dateAt(Date.now()), -LATE_DAYS - 1);
  const overtaken = new Set(state.deadLetters.flatMap(({ seq, isOvertaken }) => (isOvertaken ? [seq] : [])));
  const days = rows.filter(({ seq }) => overtaken.has(seq)).map(({ moment }) => dateOf(moment));
  return wasBehind ? [...new Set(days)].filter((day) => day < lookback) : [];
}

/**
 * A clock that was ahead may have collected days that are not over: they are collected again when they are, and not
 * before.
 */
function final({ rows, state, records, lastRun, aheadBy }: Facts): Differences {
  const days = [lastRun.startedAt, lastRun.endedAt].map((instant) => startOf(dateAt(instant)));
  const { collectedTo = Number.NaN } = state;
  const isAhead = collectedTo > Math.max(...days) && collectedTo <= lastRun.endedAt + aheadBy;
  if (!days.includes(collectedTo) && !isAhead) {
    return [
      `progress is ${new Date(collectedTo || 0).toISOString()}, expected ${new Date(days[0] ?? 0).toISOString()}`,
    ];
  }
  const end = dateAt(Math.min(collectedTo, ...days));
  const { good, bad } = sorted(rows.filter(({ moment }) => dateOf(moment) < end));
  const over = new Map([...records].filter(([, json]) => timestampOf(json) < end));
  return [
    ...compareRecords(recordsOf(good), over, true),
    ...compareDeadLetters(bad, state.deadLetters, true),
  ];
}

/** Whether a record is of a day that is over and that every run looks back to. */
export function isNewest(json: string): boolean {
  const [today, date] = [dateAt(Date.now()), timestampOf(json).slice(0, 10)];
  return date < today && date >= daysAfter(today, -LATE_DAYS);
}

const timestampOf = (json: string): string => /"_timestamp":"([^"]+)"/.exec(json)?.[1] ?? '';
