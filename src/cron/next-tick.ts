import { Cron } from 'croner';
import { type ClockSpan, clockSpanAt } from './clock-changes.ts';
import { type CronPattern, readPattern } from './cron-pattern.ts';

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
