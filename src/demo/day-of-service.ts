import { hash } from 'node:crypto';
import { parseDate } from '../calendar/date-time.ts';
import { DAY } from '../calendar/durations.ts';

/** What happened at the fictional service on one day. */
export interface DayOfService {
  readonly applications: readonly Application[];
  readonly journeysStarted: number;
  readonly journeysCompleted: number;
  /** Answers by rating: index 0 is "very dissatisfied", 4 "very satisfied". */
  readonly ratings: readonly number[];
  readonly costInPence: number;
}

export interface Application {
  readonly time: string;
  readonly channel: string;
  /** How many days later somebody decides on it, and at what time of day. */
  readonly decision: { readonly days: number; readonly time: string };
}

const MOST_DAYS_TO_DECIDE = 28;
const FIRST_YEAR = 2020;
const DAYS_A_YEAR = 365.25;

/**
 * A believable day: fewer applications at weekends, a growing digital share, people a little more content each year.
 */
export function dayOfService(day: string): DayOfService {
  const random = randomOf(day);
  const randomDecision = randomOf(`decisions on applications of ${day}`);
  const date = parseDate(day) ?? 0;
  const years = date / DAY / DAYS_A_YEAR + 1970 - FIRST_YEAR;
  const isWeekend = [0, 6].includes(new Date(date).getUTCDay());
  const total = Math.round((isWeekend ? 14 : 46) * (0.8 + 0.4 * random()));
  const digitalShare = Math.min(0.95, 0.52 + 0.05 * years);
  const applications = Array.from({ length: total }, () => ({
    time: timeOfDay(random()),
    channel: random() < digitalShare ? 'Digital' : offlineChannel(random()),
    decision: {
      days: 1 + Math.floor(MOST_DAYS_TO_DECIDE * randomDecision()),
      time: timeOfDay(randomDecision()),
    },
  }));
  const digital = applications.filter(({ channel }) => channel === 'Digital').length;
  const content = Math.min(0.9, 0.6 + 0.03 * years);
  return {
    applications,
    journeysStarted: digital + Math.round(digital * (0.25 + 0.2 * random())),
    journeysCompleted: digital,
    ratings: [0.1, 0.15, 0.25, 0.5 * content, content].map((weight) =>
      Math.round(weight * digital * random()),
    ),
    costInPence: Math.round(total * (380 - 20 * years) + 20_000 * random()),
  };
}

function timeOfDay(random: number): string {
  return new Date(Math.floor((7 + 14 * random) * 3_600) * 1_000).toISOString().slice(11, 19);
}

function offlineChannel(random: number): string {
  return random < 0.6 ? 'Post' : 'Telephone';
}

/** Numbers from 0 to 1 that depend on nothing but the seed (mulberry32). */
function randomOf(seed: string): () => number {
  let state = Number.parseInt(hash('sha256', seed, 'hex').slice(0, 8), 16);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
