import { hash } from 'node:crypto';
import { formatDate, parseDate } from '../calendar/date-time.ts';
import { DAY } from '../calendar/durations.ts';

/** What happened at the fictional service on one day. */
export interface DayOfService {
  readonly applications: readonly Application[];
  /** Undefined: nobody counted them. */
  readonly journeys: { readonly started: number; readonly completed: number } | undefined;
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
const FIRST_DAY = '2020-01-01';
const DAYS_A_YEAR = 365.25;

/** Applications of a month beside those of a usual one, from January: more with the new rates, fewer in holidays. */
const SEASON = [1.12, 1.05, 1.02, 1.22, 1.06, 0.98, 0.92, 0.84, 1.04, 1.06, 1.0, 0.78];
/** The first day of a channel that begins small, and the days on which journeys were not counted. */
const WEB_CHAT_BEGINS = '2026-03-02';
const NOT_COUNTED = { from: '2026-08-03', to: '2026-08-16' };

/**
 * A believable day: fewer applications at weekends, on bank holidays and in some months, a growing digital share, people
 * a little more content each year.
 */
export function dayOfService(day: string): DayOfService {
  const random = randomOf(day);
  const randomDecision = randomOf(`decisions on applications of ${day}`);
  const date = parseDate(day) ?? 0;
  const years = yearsSince(FIRST_DAY, date);
  const usual = (isDayOff(date) ? 14 : 46) * (SEASON[new Date(date).getUTCMonth()] ?? 1);
  const total = Math.round(usual * (0.8 + 0.4 * random()));
  const webChatShare =
    day < WEB_CHAT_BEGINS ? 0 : Math.min(0.4, 0.02 + 0.2 * yearsSince(WEB_CHAT_BEGINS, date));
  const digitalShare = Math.min(0.95, 0.52 + 0.05 * years);
  const applications = Array.from({ length: total }, () => ({
    time: timeOfDay(random()),
    channel: random() < digitalShare ? 'Digital' : offlineChannel(random(), webChatShare),
    decision: {
      days: 1 + Math.floor(MOST_DAYS_TO_DECIDE * randomDecision()),
      time: timeOfDay(randomDecision()),
    },
  }));
  const wasCounted = day < NOT_COUNTED.from || day > NOT_COUNTED.to;
  const digital = applications.filter(({ channel }) => channel === 'Digital').length;
  const content = Math.min(0.9, 0.6 + 0.03 * years);
  return {
    applications,
    journeys: wasCounted
      ? { started: digital + Math.round(digital * (0.25 + 0.2 * random())), completed: digital }
      : undefined,
    ratings: [0.1, 0.15, 0.25, 0.5 * content, content].map((weight) =>
      Math.round(weight * digital * random()),
    ),
    costInPence: Math.round(total * (380 - 20 * years) + 20_000 * random()),
  };
}

function timeOfDay(random: number): string {
  return new Date(Math.floor((7 + 14 * random) * 3_600) * 1_000).toISOString().slice(11, 19);
}

/** @param webChatShare of the applications that are not digital */
function offlineChannel(random: number, webChatShare: number): string {
  if (random < webChatShare) return 'Webchat';
  return random < webChatShare + 0.6 * (1 - webChatShare) ? 'Post' : 'Telephone';
}

const yearsSince = (day: string, date: number): number => (date - (parseDate(day) ?? 0)) / DAY / DAYS_A_YEAR;

/** Weekends, and the bank holidays whose date needs no moon. */
function isDayOff(date: number): boolean {
  const weekday = new Date(date).getUTCDay();
  const [, month, day] = formatDate(date).split('-').map(Number);
  const isLastOfMonth = new Date(date + 7 * DAY).getUTCMonth() + 1 !== month;
  return (
    [0, 6].includes(weekday) ||
    (month === 12 && (day === 25 || day === 26)) ||
    (month === 1 && day === 1) ||
    (weekday === 1 && month === 5 && (Number(day) <= 7 || isLastOfMonth)) ||
    (weekday === 1 && month === 8 && isLastOfMonth)
  );
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
