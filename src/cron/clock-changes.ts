import { Temporal } from '../calendar/zone.ts';

/** A time in which the clock of a zone is not changed. All are epoch milliseconds or milliseconds. */
export interface ClockSpan {
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
const kept = new Map<string, ClockSpan[]>();

/**
 * The span that an instant is in.
 *
 * @throws RangeError when there is no such zone
 */
export function clockSpanAt(instant: number, zone: string): ClockSpan {
  const spans = kept.get(zone) ?? [];
  const found = spans.find(({ start, end }) => instant >= start && instant < end);
  if (found !== undefined) return found;
  const span = findSpan(instant, zone);
  kept.set(zone, [span, ...spans.slice(0, KEPT_PER_ZONE - 1)]);
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
