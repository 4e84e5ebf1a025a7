import { compareDeadLetters, compareRecords, type Expected } from './compare.ts';
import type { BadRow } from './fault-kinds.ts';
import type { Differences, Facts, Model, ModelContext } from './model.ts';
import { Random } from './random.ts';
import { decimalJson, idOf, recordText, textJson } from './record-text.ts';
import type { Session } from './session.ts';
import { badnessOf, insertRows, readRows, type SourceRow, spoilt } from './source-table.ts';

const HOUR = 3_600_000;
/** Clocks are put right by less than this without notice. */
const SMALL_STEP = 300_000;
/**
 * `seq` is the version of the gauges times this, plus the number of the gauge: it tells from which moment a record is.
 */
const VERSION = 1_000;
const MOMENT = '2026-01-01 00:00:00.000000';

/**
 * Gauges that all change at once, to values that follow from their version; so it is known how they stood at any time.
 * Variant 0 keeps the records of every version, 1 overwrites those of the same hour, 2 empties the data set before.
 */
export function snapshotModel({ plan }: ModelContext): Model {
  const kinds = new Map<number, BadRow>();
  const keepsAll = plan.variant === 0;
  const gauge = (version: number, index: number) =>
    gaugeOf(version, index, plan.variant === 1, kinds.get(index));
  const gauges = (version: number) =>
    Array.from({ length: plan.initialRows }, (_, index) => gauge(version, index));
  return {
    job: `timezone: UTC
snapshot: { period: hour }
query: SELECT seq, code, amount, note FROM events WHERE amount IS NOT NULL ORDER BY seq
record: { id: [${keepsAll ? '_timestamp, code, seq' : '_timestamp, code'}] }
`,
    oneWriterAtATime: true,
    settling: 0,
    initialRows: (random) => {
      const chosen = random.shuffled(Array.from({ length: plan.initialRows }, (_, index) => index));
      for (const [index, kind] of plan.badRows.entries()) kinds.set(chosen[index] ?? 0, kind);
      return gauges(1);
    },
    write: async (planned, session) => {
      await change(session, gauges);
      return { events: [planned.event], stamped: undefined };
    },
    standing: (facts) => (keepsAll && facts.state.pending === 0 ? compareAll(facts.owed, gauges, facts) : []),
    final: (facts) => [
      ...positionOf(facts),
      ...(keepsAll ? compareAll(facts.owed, gauges, facts) : []),
      ...compareLast(facts, gauges, plan.variant),
    ],
  };
}

type Gauges = (version: number) => readonly SourceRow[];

function gaugeOf(
  version: number,
  index: number,
  isAlwaysThere: boolean,
  kind: BadRow | undefined,
): SourceRow {
  const seq = version * VERSION + index;
  const random = new Random(seq);
  const isThere = isAlwaysThere || kind !== undefined || random.chance(0.8);
  const amount = isThere ? `${random.whole(0, 9_999)}.${random.whole(10, 99)}` : null;
  const row = {
    seq,
    moment: MOMENT,
    code: `gauge ${index}`,
    amount,
    note: index % 7 === 0 ? 'x'.repeat(200) : 'plain',
  };
  return kind === undefined ? row : spoilt(row, kind);
}

async function change(session: Session, gauges: Gauges): Promise<void> {
  const [first] = await readRows(session);
  const next = gauges(Math.floor((first?.seq ?? 0) / VERSION) + 1);
  await session.query('DELETE FROM events');
  await insertRows(session, next);
}

/** The hours in which the records may have been taken. */
const hoursOf = (records: Facts['records']): readonly string[] => [
  ...new Set([...records.values()].map((json) => /"_timestamp":"([^"]+)"/.exec(json)?.[1] ?? '')),
];

function recordsOf(rows: readonly SourceRow[], timestamp: string, keepsAll: boolean): Expected {
  const good = rows.filter((row) => row.amount !== null && badnessOf(row) === undefined);
  return new Map(
    good.map(({ seq, code, amount, note }) => {
      const id = idOf([JSON.stringify(timestamp), textJson(code), ...(keepsAll ? [String(seq)] : [])]);
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

/**
 * A snapshot of which any record was ever sent, or is stored to be sent, has been sealed before: all of it must arrive,
 * in the hour in which it was taken.
 */
function compareAll(
  owed: Facts['owed'],
  gauges: Gauges,
  { records, state, refusedForAWhile }: Pick<Facts, 'records' | 'state' | 'refusedForAWhile'>,
): Differences {
  const versions = [...new Set([...owed].map((seq) => Math.floor(seq / VERSION)))];
  const byHour = hoursOf(records).map((hour) => {
    const seqs = [...records.values()]
      .filter((json) => json.includes(`"_timestamp":"${hour}"`))
      .map((json) => Number(/"seq":(\d+)/.exec(json)?.[1]));
    const ofHour = new Set(seqs.map((seq) => Math.floor(seq / VERSION)));
    return { hour, versions: versions.filter((version) => ofHour.has(version)) };
  });
  const kept = new Set(state.deadLetters.map(({ seq }) => seq).filter((seq) => refusedForAWhile.has(seq)));
  const lost = versions.filter((version) => !byHour.some((each) => each.versions.includes(version)));
  const recordsWhere = (isMeant: (seq: number) => boolean): Expected =>
    new Map(
      byHour.flatMap(({ hour, versions: those }) =>
        those.flatMap((version) => [
          ...recordsOf(
            gauges(version).filter(({ seq }) => isMeant(seq)),
            hour,
            true,
          ),
        ]),
      ),
    );
  // What was refused for a while may have been stored before, and the answer lost.
  const perhaps = recordsWhere((seq) => kept.has(seq));
  const certain = new Map([...records].filter(([id, json]) => perhaps.get(id) !== json));
  const bad = versions.flatMap((version) => gauges(version).filter((row) => badnessOf(row) !== undefined));
  return [
    ...lost.map((version) => `nothing arrived of version ${version}, of which records were sent or stored`),
    ...compareRecords(
      recordsWhere((seq) => !kept.has(seq)),
      certain,
      true,
    ),
    ...compareDeadLetters(bad, state.deadLetters, false),
  ];
}

/** The last run collected the gauges as they stand now. */
function compareLast({ rows, records, state, lastRun }: Facts, gauges: Gauges, variant: number): Differences {
  const version = Math.floor((rows[0]?.seq ?? 0) / VERSION);
  const hours = [lastRun.startedAt, lastRun.endedAt].map(hourText);
  const hour = hoursOf(records).find((each) => hours.includes(each)) ?? '';
  const changed = rows.filter(
    ({ seq, amount }) =>
      decimalJson(amount) !== decimalJson(gauges(version).find((row) => row.seq === seq)?.amount ?? null),
  );
  const bad = gauges(version).filter((row) => badnessOf(row) !== undefined);
  const hasOneHour = hoursOf(records).length === 1;
  return [
    ...changed.map(
      ({ seq }) => `the harness itself is wrong: gauge ${seq} is not what it should be in the source`,
    ),
    ...compareRecords(
      recordsOf(rows, hour, variant === 0),
      records,
      variant === 2 || (variant === 1 && hasOneHour),
    ),
    ...compareDeadLetters(bad, state.deadLetters, false),
    ...state.deadLetters
      .filter(({ seq }) =>
        gauges(Math.floor(seq / VERSION)).every((row) => row.seq !== seq || badnessOf(row) === undefined),
      )
      .map(({ seq }) => `dead letter not expected: ${seq}`),
  ];
}

const hourText = (instant: number): string => `${new Date(instant).toISOString().slice(0, 13)}:00:00Z`;

function positionOf({ state, lastRun, aheadBy }: Facts): Differences {
  const { collectedTo = Number.NaN } = state;
  // What is kept is when the snapshot was taken, or the start of its period; an earlier one may have been taken by a
  // clock that was ahead, by so little that it is believed.
  const latest = lastRun.endedAt + Math.min(aheadBy, SMALL_STEP);
  const isRight = collectedTo >= lastRun.startedAt - HOUR && collectedTo <= latest;
  return isRight ? [] : [`progress is ${collectedTo}, expected from ${lastRun.startedAt} to ${latest}`];
}
