import { HOUR } from '../calendar/durations.ts';
import type { DayDifference } from '../model/verification.ts';
import { compareDay } from './compare-sums.ts';
import { addedUp, wholeDays } from './data-set-sums.ts';
import { DaySums } from './day-sums.ts';
import { Hash64 } from './digest.ts';
import { insideOf, TOLD_EVERY } from './look.ts';
import { textsOf } from './own-records.ts';
import { keyOf } from './partitions.ts';
import type { Prepared } from './prepare.ts';
import type { Scope } from './scope.ts';
import { SourceRecords } from './source-records.ts';

/** What both sides came to when they were read. */
export interface SumsLook {
  /** What was added up. */
  readonly fields: readonly string[];
  readonly records: number;
  readonly days: number;
  readonly setAside: number;
  /** In the order of time. */
  readonly differences: readonly DayDifference[];
}

const NOTHING = { count: 0, sums: new Map<string, string>() };

/**
 * Reads the source, then the sums of the data set, and compares the days of UTC that lie within the scope as a whole.
 * Throws NotReadableError where there are no sums, and what source and reader throw.
 *
 * @param among the fields to add up, where that is known: some days may have no number in a field, or no text
 */
export async function lookAtSums(
  prepared: Prepared,
  scope: Scope,
  signal: AbortSignal,
  among?: readonly string[],
): Promise<SumsLook> {
  const { job, route } = prepared.settings;
  const { sums, setAside } = await sumsOfSource(prepared, scope, signal);
  const spans = wholeDays(scope.own);
  const isCompared = insideOf(spans);
  const left = new Map([...sums.days].filter(([start]) => isCompared(start)));
  const [days, records] = [left.size, [...left.values()].reduce((all, { count }) => all + count, 0)];
  const question = { fields: sums.fields(among), only: textsOf(job.record) };
  const { fields, days: found } = await addedUp(route.reader, spans, question, signal);
  const differences: DayDifference[] = [];
  for (const day of found) {
    differences.push(...compareDay(day.start, left.get(day.start), day, fields));
    left.delete(day.start);
  }
  for (const [start, day] of left) differences.push(...compareDay(start, day, NOTHING, fields));
  differences.sort((a, b) => (a.start < b.start ? -1 : 1));
  return { fields, records, days, setAside, differences };
}

async function sumsOfSource({ settings, letters }: Prepared, { part }: Scope, signal: AbortSignal) {
  const { job, route, tell } = settings;
  const [sums, hash] = [new DaySums(), new Hash64()];
  let [count, setAside] = [0, 0];
  const taker = {
    record(values: ReadonlyMap<string, string>) {
      count += 1;
      if (count % TOLD_EVERY === 0) tell({ source: count, dataSet: 0 });
      if (letters.has(keyOf(hash.of(JSON.parse(values.get('_id') ?? '""'))))) setAside += 1;
      else sums.add(values);
    },
    notARecord() {
      setAside += 1;
    },
  };
  await new SourceRecords(job, route, taker, signal).read(part, () => undefined);
  return { sums, setAside };
}

const HOURS_A_DAY = 24;

/** What has to be read for some days. */
export function aroundDays(scope: Scope, differences: readonly DayDifference[]): Scope {
  const hours = differences.flatMap(({ start }) =>
    Array.from({ length: HOURS_A_DAY }, (_, hour) => Date.parse(start) / HOUR + hour),
  );
  return scope.around(new Set(hours));
}

/** Those of some days that are among others, too. */
export function alsoIn(
  differences: readonly DayDifference[],
  others: readonly DayDifference[],
): readonly DayDifference[] {
  const days = new Set(others.map(({ start }) => start));
  return differences.filter(({ start }) => days.has(start));
}
