import { compareDeadLetters, compareRecords, type Expected, sorted, withoutRefused } from './compare.ts';
import { DAY, utcText } from './london.ts';
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
import {
  datetimeText,
  decimalJson,
  idOf,
  recordText,
  secondText,
  splitTime,
  textJson,
} from './record-text.ts';
import type { Session } from './session.ts';
import { amountOf, insertRows, newRow, readRows, type SourceRow, spoilt } from './source-table.ts';

/** Milliseconds by which commits may be late. */
export const LAG = 2_000;
const MAX_ROWS = [30, 30, 100_000] as const;
const LARGEST_GROUP = 40;

const TWO_COLUMNS = {
  columns: '[moment, seq]',
  start: '["2000-01-01 00:00:00", 0]',
  condition: '(moment > :moment OR (moment = :moment AND seq > :seq))',
  order: 'moment, seq',
};
const ONE_COLUMN = {
  columns: '[moment]',
  start: '["2000-01-01 00:00:00"]',
  condition: 'moment > :moment',
  order: 'moment',
};

/** Rows by the time of their last change; with one column (variant 1) many rows share a position. */
export function cursorModel(context: ModelContext): Model {
  const { plan, nextSeq } = context;
  const { columns, start, condition, order } = plan.variant === 1 ? ONE_COLUMN : TWO_COLUMNS;
  const hasSeq = plan.variant !== 1;
  return {
    job: `timezone: UTC
cursor: { columns: ${columns}, start: ${start}, lag: ${LAG}ms, max_rows: ${MAX_ROWS[plan.variant]} }
query: >-
  SELECT moment, seq, code, amount, note FROM events
  WHERE ${condition} AND moment <= :until ORDER BY ${order}
record: { timestamp: moment, id: [seq, code], fields: { seq: seq, code: code, amount: amount, note: note, changed: moment } }
`,
    oneWriterAtATime: false,
    settling: LAG,
    initialRows: (random) =>
      withBadRows(initialRows(plan.initialRows, nextSeq, random), plan.badRows, random, spoilt),
    write: (planned, session) => write(planned, session, context),
    standing: (facts) => standing(facts, hasSeq),
    final: (facts) => final(facts, hasSeq),
  };
}

/** Groups of rows with equal times, one of them larger than a query may be. */
function initialRows(count: number, nextSeq: () => number, random: Random): readonly SourceRow[] {
  const rows: SourceRow[] = [];
  let moment = Date.now() - 300 * DAY;
  for (let isFirst = true; rows.length < count; isFirst = false) {
    const size = isFirst ? LARGEST_GROUP : random.whole(1, 12);
    moment += random.whole(1, DAY);
    for (let index = 0; index < size; index += 1) rows.push(newRow(nextSeq(), utcText(moment), random));
  }
  return rows;
}

async function write(planned: PlannedWriter, session: Session, context: ModelContext): Promise<Written> {
  const random = new Random(planned.seed);
  const clock = await session.clock();
  // In tenths of a second: several transactions shall come to the same value.
  const moment = planned.event === 'rows of equal cursor values' ? `${clock.slice(0, 21)}00000` : clock;
  if (planned.event === 'touched rows') return touch(planned, session, moment, context);
  const rows = Array.from({ length: planned.rows }, () => newRow(context.nextSeq(), moment, random));
  await insertRows(session, rows);
  return { events: [planned.event], stamped: { moment, seqs: rows.map(({ seq }) => seq) } };
}

async function touch(
  planned: PlannedWriter,
  session: Session,
  moment: string,
  context: ModelContext,
): Promise<Written> {
  const random = new Random(planned.seed);
  const rows = await readRows(session, 'code IS NOT NULL');
  const chosen = rowsToChange(rows, planned, context);
  for (const { seq } of chosen) {
    await session.query('UPDATE events SET moment = ?, amount = ?, note = ? WHERE seq = ?', [
      moment,
      amountOf(random),
      'touched',
      seq,
    ]);
  }
  return {
    events: [...(chosen.length > 0 ? [planned.event] : []), ...curesOf(chosen, context)],
    stamped: { moment, seqs: chosen.map(({ seq }) => seq) },
  };
}

function recordsOf(rows: readonly SourceRow[]): Expected {
  return new Map(
    rows.map(({ seq, moment, code, amount, note }) => {
      const id = idOf([String(seq), textJson(code)]);
      const fields = {
        seq: String(seq),
        code: textJson(code),
        amount: decimalJson(amount),
        note: textJson(note),
        changed: textJson(datetimeText(moment)),
      };
      return [id, recordText(id, secondText(moment), fields)];
    }),
  );
}

/** Orders times of any number of decimals. */
const orderOf = (moment: string): string => splitTime(moment).join('.');

function compare(one: readonly [string, number], other: readonly [string, number]): number {
  const [time, otherTime] = [orderOf(one[0]), orderOf(other[0])];
  return time === otherTime ? one[1] - other[1] : time < otherTime ? -1 : 1;
}

/** Everything up to the stored position is delivered: nothing may appear behind it later. */
function standing(facts: Omit<Facts, 'lastRun'>, hasSeq: boolean): Differences {
  const { state, records } = facts;
  const rows = withoutRefused(facts.rows, facts);
  if (state.cursor === undefined) return [];
  const position = [
    state.cursor[0] ?? '',
    hasSeq ? Number(state.cursor[1]) : Number.POSITIVE_INFINITY,
  ] as const;
  const { good, bad } = sorted(rows.filter(({ moment, seq }) => compare([moment, seq], position) <= 0));
  return [
    ...compareRecords(recordsOf(good), records, false),
    ...compareDeadLetters(bad, state.deadLetters, false),
  ];
}

function final({ rows, state, records }: Facts, hasSeq: boolean): Differences {
  const { good, bad } = sorted(rows);
  const last = [...rows]
    .sort((one, other) => compare([one.moment, one.seq], [other.moment, other.seq]))
    .at(-1);
  const expected = last && [orderOf(last.moment), ...(hasSeq ? [String(last.seq)] : [])].join(' ');
  const found = state.cursor && [orderOf(state.cursor[0] ?? ''), ...state.cursor.slice(1)].join(' ');
  return [
    ...(found === expected ? [] : [`the cursor is ${found}, expected ${expected}`]),
    ...compareRecords(recordsOf(good), records, true),
    ...compareDeadLetters(bad, state.deadLetters, true),
  ];
}
