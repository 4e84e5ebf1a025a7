import { DAY } from '../../src/calendar/durations.ts';
import { addPeriods } from '../../src/calendar/period.ts';
import { addLooks, type Lateness } from '../../src/model/lateness.ts';
import { type Random, seeded } from '../config/edits.ts';

/** Services of which is known how late their records come, and what a job finds that looks back at them day by day. */

/** The share of a day's records that comes so many days late, by that number. */
type Delays = readonly number[];

export interface Service {
  readonly words: string;
  readonly recordsPerDay: number;
  readonly days: number;
  readonly lookback: number;
  /** Delays differ from day to day where records come in batches. */
  readonly delaysOf: (day: number, random: Random) => Delays;
  /** Which share of all records is later than a lookback reaches. */
  readonly laterThan: (lookback: number) => number;
}

const BEGIN = Date.parse('2013-01-01');
const OLDEST = 200;
/** Days, in which all weekdays and months come as often as they do. */
const FOUR_YEARS = 1_461;

const pick = <Each>(random: Random, all: readonly Each[]): Each => {
  return all[Math.floor(random() * all.length)] as Each;
};

/** @param tail by how many days late, from 1 on; any numbers in proportion */
function firstThen(first: number, tail: (days: number) => number): Delays {
  const weights = Array.from({ length: OLDEST }, (_, index) => tail(index + 1));
  const sum = weights.reduce((total, each) => total + each, 0);
  return [first, ...weights.map((each) => (each / sum) * (1 - first))];
}

/** Shares by how many days late, in any order. */
function given(...shares: readonly (readonly [days: number, share: number])[]): Delays {
  const delays: number[] = Array(OLDEST + 1).fill(0);
  for (const [days, share] of shares) delays[days] = (delays[days] ?? 0) + share;
  return delays;
}

const logNormal = (middle: number, spread: number) => (days: number) =>
  Math.exp(-(((Math.log(days) - middle) / spread) ** 2) / 2) / days;

function daysUntilEndOfMonth(day: number): number {
  const date = new Date(addPeriods('day', BEGIN, day));
  const end = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0);
  return (end - date.getTime()) / DAY;
}

type Kind = readonly [words: string, delaysOf: Service['delaysOf'], onAverage?: Delays];

const always = (delays: Delays) => () => delays;

const KINDS: readonly ((random: Random) => Kind)[] = [
  () => ['nothing late', always(given([0, 1]))],
  (random) => {
    const [first, rate] = [pick(random, [0.5, 0.9, 0.99]), pick(random, [0.1, 0.3, 0.6, 0.8])];
    return ['geometric', always(firstThen(first, (days) => rate ** days))];
  },
  (random) => {
    const [middle, spread] = [pick(random, [-0.5, 0.5, 1]), pick(random, [0.5, 1])];
    return ['log-normal', always(firstThen(pick(random, [0.6, 0.95]), logNormal(middle, spread)))];
  },
  (random) => {
    const exponent = pick(random, [2, 3, 4]);
    return ['heavy tail', always(firstThen(pick(random, [0.9, 0.99]), (days) => days ** -exponent))];
  },
  (random) => {
    const share = pick(random, [0.02, 0.3, 1]);
    return ['batch of the week', (day) => given([0, 1 - share], [6 - (day % 7), share])];
  },
  (random) => {
    const share = pick(random, [0.005, 0.05]);
    return [
      'corrections at the end of the month',
      (day) => given([0, 1 - share], [daysUntilEndOfMonth(day), share]),
    ];
  },
  (random) => {
    const chance = pick(random, [0.03, 0.1]);
    const late = [1, 2, 3].map((days) => [days, chance / 3] as const);
    const delaysOf: Service['delaysOf'] = (_, each) =>
      given([each() < chance ? 1 + Math.floor(each() * 3) : 0, 1]);
    return ['whole days late', delaysOf, given([0, 1 - chance], ...late)];
  },
];

/** Comes later than most jobs look back, with nothing before: no data of theirs can tell. */
const UNSEEN = (random: Random): Kind => {
  const share = pick(random, [0.05, 0.3]);
  return ['after a fortnight', always(given([0, 1 - share], [2, share / 2], [14, share / 2]))];
};

/** The same services for the same seed; 3 of 100 such that no data of theirs can tell. */
export function servicesOf(count: number, seed: number): readonly Service[] {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, number) => {
    const [words, delaysOf, known] = number % 33 === 32 ? UNSEEN(random) : pick(random, KINDS)(random);
    const average = known ?? averageOf(delaysOf, random);
    return {
      words,
      delaysOf,
      recordsPerDay: pick(random, [1, 4, 30, 200, 2_000, 20_000, 500_000]),
      days: pick(random, [30, 100, 200, 365, 800]),
      lookback: pick(random, [2, 3, 7, 14, 31, 62]),
      laterThan: (lookback) => average.slice(lookback).reduce((sum, each) => sum + each, 0),
    };
  });
}

function averageOf(delaysOf: Service['delaysOf'], random: Random): Delays {
  const sums: number[] = Array(OLDEST + 1).fill(0);
  for (let day = 0; day < FOUR_YEARS; day += 1)
    for (const [days, share] of delaysOf(day, random).entries())
      sums[days] = (sums[days] ?? 0) + share / FOUR_YEARS;
  return sums;
}

/** What a job measures that looks at a service once a day. */
export function measured({ recordsPerDay, days, lookback, delaysOf }: Service, random: Random): Lateness {
  const arrivals: number[][] = [];
  let lateness: Lateness | undefined;
  for (let today = 0; today < lookback + days; today += 1) {
    arrivals.push(delaysOf(today, random).map((share) => poisson(random, share * recordsPerDay)));
    if (today < lookback) continue;
    const periods = Array.from({ length: lookback }, (_, age) => {
      const wasKnown = age > 0 && today > lookback;
      const ofDay = arrivals[today - age] ?? [];
      const records = ofDay.slice(0, age + 1).reduce((sum, each) => sum + each, 0);
      const appeared = wasKnown ? (ofDay[age] ?? 0) : records;
      return {
        period: addPeriods('day', BEGIN, today - age),
        wasKnown,
        records,
        appeared,
        changed: 0,
        vanished: 0,
      };
    });
    lateness = addLooks(lateness, {
      length: 'day',
      current: addPeriods('day', BEGIN, today + 1),
      lookback,
      periods,
    });
  }
  if (lateness === undefined) throw new RangeError('a service without days');
  return lateness;
}

/** A number of Poisson's distribution; where the mean is large, of the normal one. */
function poisson(random: Random, mean: number): number {
  if (mean <= 50) {
    const limit = Math.exp(-mean);
    let count = -1;
    for (let product = 1; product >= limit; product *= random()) count += 1;
    return count;
  }
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.max(0, Math.round(mean + normal * Math.sqrt(mean)));
}
