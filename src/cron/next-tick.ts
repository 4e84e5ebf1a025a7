import { Cron } from 'croner';
import { Temporal } from '../calendar/zone.ts';
import { type CronPattern, readPattern } from './cron-pattern.ts';

/** A time in which the clock of a zone is not changed. All are epoch milliseconds or milliseconds. */
interface ClockSpan {
  /** The clock change with which it begins, -Infinity when there was none. */
  readonly start: number;
  /** The clock change with which it ends, Infinity when none is known. */
  readonly end: number;
  /** What the clock is ahead of UTC. */
  readonly offset: number;
  /** How far the clock was set back at `start`: so long it shows times that it has shown before. 0 when it was not. */
  readonly repeated: number;
}

const KEPT_PER_ZONE = 8;
const spansByZone = new Map<string, ClockSpan[]>();

/**
 * The span that an instant is in.
 *
 * @throws RangeError when there is no such zone
 */
function clockSpanAt(instant: number, zone: string): ClockSpan {
  const spans = spansByZone.get(zone) ?? [];
  const knownSpan = spans.find(({ start, end }) => instant >= start && instant < end);
  if (knownSpan !== undefined) return knownSpan;
  const span = findSpan(instant, zone);
  spansByZone.set(zone, [span, ...spans.slice(0, KEPT_PER_ZONE - 1)]);
  return span;
}

function findSpan(instant: number, zone: string): ClockSpan {
  const zoned = (time: number) => Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone);
  const offsetAt = (time: number) => Math.round(zoned(time).offsetNanoseconds / 1_000_000);
  // The transition before an instant is never the one at the instant.
  const start = zoned(instant + 1).getTimeZoneTransition('previous')?.epochMilliseconds ?? -Infinity;
  const end = zoned(instant).getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity;
  const offset = offsetAt(instant);
  const before = start === -Infinity ? offset : offsetAt(start - 1);
  return { start, end, offset, repeated: Math.max(0, before - offset) };
}

/**
 * The calendar library is asked about a clock that is never changed (UTC); what happens where the clock of the zone is
 * changed is decided here:
 *
 * - Clock set forward: a pattern with times in the gap ticks once, at the end of the gap. One with `*` or a step
 *   in its second, minute or hour does not when its next tick is nearer than its shortest interval.
 * - Clock set back: times that come a second time tick the first time only. A pattern with `*` or a step in its second,
 *   minute or hour ticks both times, unless its shortest interval is longer than what is repeated.
 *
 * The expression must be one without mistakes.
 */
export function tickAfter(expression: string, zone: string, after: number): number | undefined {
  const { pattern, calendar } = compile(expression);
  let span = clockSpanAt(after, zone);
  let wall = after + span.offset;
  for (;;) {
    const next = calendar(Math.max(wall, newTimes(span, pattern) - 1));
    if (next === undefined) return undefined;
    if (next < span.end + span.offset) return next - span.offset;
    const following = clockSpanAt(span.end, zone);
    const endOfGap = following.start + following.offset;
    if (next < endOfGap && ticksAtEndOfGap(endOfGap, pattern, calendar)) return following.start;
    span = following;
    wall = endOfGap - 1;
  }
}

/** The first tick after a wall clock, both as the milliseconds that they would be in UTC. */
type Calendar = (wall: number) => number | undefined;

/** The wall clock from which on the pattern ticks in a span: after what is repeated, or at once. */
function newTimes({ start, offset, repeated }: ClockSpan, { interval }: CronPattern): number {
  const ticksAgain = interval !== undefined && interval <= repeated;
  return ticksAgain ? start + offset : start + offset + repeated;
}

function ticksAtEndOfGap(endOfGap: number, { interval }: CronPattern, calendar: Calendar): boolean {
  if (interval === undefined) return true;
  const next = calendar(endOfGap - 1);
  return next === undefined || next - endOfGap >= interval;
}

interface Compiled {
  readonly expression: string;
  readonly pattern: CronPattern;
  readonly calendar: Calendar;
}

/** A calendar holds 80 KB: only the last one is kept, for those who ask on and on. */
let last: Compiled | undefined;

function compile(expression: string): Compiled {
  if (last?.expression === expression) return last;
  const pattern = readPattern(expression);
  // An offset instead of a zone spares the library all questions about zones.
  const fields = pattern.fields.map((field, index) =>
    field === '*' ? '*' : pattern.values[index]?.join(','),
  );
  const domAndDow = pattern.days === 'both';
  const cron = new Cron(fields.join(' '), { utcOffset: 0, mode: '6-part', paused: true, domAndDow });
  const calendar = (wall: number) => cron.nextRun(new Date(wall))?.getTime();
  last = { expression, pattern, calendar };
  return last;
}
