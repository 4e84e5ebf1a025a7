import { addPeriods, type Period, periodsBetween } from '../calendar/period.ts';
import type { ComparedPeriod } from './sent-records.ts';

/** How many records came late. */
export type LateRecords = Pick<ComparedPeriod, 'appeared' | 'changed' | 'vanished'>;

/** What a run looked at. */
export interface Looks {
  /** Of all its periods. */
  readonly length: Period;
  /** The start of the period that went on. */
  readonly current: number;
  /** Of the job: so many periods before `current` are looked at again. */
  readonly lookback: number;
  readonly periods: readonly ComparedPeriod[];
}

/** What became of periods at one age: so many whole periods lay between their end and the look. */
export interface AgeTally extends LateRecords {
  /** How many periods were looked at when they were at least so old, and had been looked at when they were younger. */
  readonly periods: number;
  /** Records of these periods, those that had vanished included. */
  readonly records: number;
  /** Sum of the squares of what appeared, changed and vanished in one period: what comes together counts as one event. */
  readonly squares: number;
}

/** How late records of a job come: when they appear, change and vanish after their period was collected. */
export interface Lateness {
  /** Of all its periods. */
  readonly length: Period;
  /** By age. Of age 0, when a period has just ended, the first look is `first`, not here. */
  readonly ages: readonly AgeTally[];
  /** What was there at the first look, of periods that had just ended then. */
  readonly first: { readonly periods: number; readonly records: number };
  /** How old a period was when it was last looked at, by its start, as far as it will be looked at again. */
  readonly looked: Readonly<Record<string, number>>;
}

const NOTHING: AgeTally = { periods: 0, records: 0, appeared: 0, changed: 0, vanished: 0, squares: 0 };

/** Of so many first looks the counts are halved, so that a source that mends its ways is not held to its past. */
const mostFirstLooks = (length: Period): number => (length === 'hour' ? 20_000 : 1_000);

/** Periods that are older are not counted any more. */
export const MOST_AGES = 400;

/** How many records came late at an age. */
export const lateAt = ({ appeared, changed, vanished }: LateRecords): number => appeared + changed + vanished;

/** How old a period is: 0 when it has just ended; negative while it goes on. */
export const ageOf = ({ length, current }: Pick<Looks, 'length' | 'current'>, period: number): number =>
  periodsBetween(length, period, current) - 1;

/** Those of some looks that found something else in the last period that the job looks back to. */
export const atTheEnd = (looks: Looks): ComparedPeriod[] =>
  looks.periods.filter(
    (look) => look.wasKnown && lateAt(look) > 0 && ageOf(looks, look.period) === looks.lookback - 1,
  );

/**
 * Adds what a run looked at. A period counts at an age only when it was looked at before it had that age. What is found
 * after a pause counts at the age of the look that found it: so far back the job had to look.
 *
 * @param known undefined: nothing; so is what was counted in periods of another length
 */
export function addLooks(known: Lateness | undefined, looks: Looks): Lateness {
  const { length, current, lookback } = looks;
  const before = known?.length === length ? known : unknownLateness(length);
  const ages = [...before.ages];
  let { first } = before;
  // Where a period is younger than it was, the clock was wrong then, and this look is the first that counts.
  const looked = new Map(
    Object.entries(before.looked).filter(([period, age]) => age <= ageOf(looks, Number(period))),
  );
  for (const look of looks.periods) {
    const age = ageOf(looks, look.period);
    if (age < 0 || age >= MOST_AGES) continue;
    const last = look.wasKnown ? looked.get(String(look.period)) : undefined;
    const isFirst = age === 0 && !looked.has(String(look.period));
    looked.set(String(look.period), age);
    if (last !== undefined) addLook(ages, look, { last, age });
    else if (isFirst) first = { periods: first.periods + 1, records: first.records + look.records };
  }
  const oldest = addPeriods(length, current, -Math.min(lookback, MOST_AGES));
  const kept = [...looked].filter(([period]) => Number(period) >= oldest);
  return halved({
    length,
    ages: Array.from(ages, (tally) => tally ?? NOTHING),
    first,
    looked: Object.fromEntries(kept),
  });
}

const unknownLateness = (length: Period): Lateness => ({
  length,
  ages: [],
  first: { periods: 0, records: 0 },
  looked: {},
});

/** @param since how old the period was at the last look, and is now */
function addLook(
  ages: AgeTally[],
  look: ComparedPeriod,
  since: { readonly last: number; readonly age: number },
): void {
  const records = look.records + look.vanished;
  for (let age = since.last + 1; age <= since.age; age += 1) {
    const tally = ages[age] ?? NOTHING;
    ages[age] = { ...tally, periods: tally.periods + 1, records: tally.records + records };
  }
  const late = lateAt(look);
  if (late === 0) return;
  const tally = ages[since.age] ?? NOTHING;
  ages[since.age] = {
    ...tally,
    appeared: tally.appeared + look.appeared,
    changed: tally.changed + look.changed,
    vanished: tally.vanished + look.vanished,
    squares: tally.squares + late ** 2,
  };
}

function halved(lateness: Lateness): Lateness {
  const { length, ages, first } = lateness;
  if (first.periods <= mostFirstLooks(length)) return lateness;
  const half = <Counts extends object>(counts: Counts): Counts =>
    Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count / 2])) as Counts;
  return { ...lateness, ages: ages.map(half), first: half(first) };
}
