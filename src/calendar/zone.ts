import type { Temporal as TemporalNamespace } from 'temporal-polyfill';
import { DAY } from './durations.ts';

/** Temporal of the platform where it has one (Node.js 26), so that the polyfill need not be loaded. */
export const Temporal: typeof TemporalNamespace =
  (globalThis as { Temporal?: typeof TemporalNamespace }).Temporal ??
  (await import('temporal-polyfill')).Temporal;

/** Zones that are known to exist: many jobs name the same one, and asking is slow. */
const goodZones = new Set(['UTC']);

/**
 * Whether a name is that of a zone for everything that is done with zones: schedules and periods (Temporal) and pages
 * (Intl), which knows names such as BST that Temporal refuses. Offsets such as +01:00 are none.
 */
export function isTimeZone(name: string): boolean {
  if (goodZones.has(name)) return true;
  try {
    if (/^[+-]/.test(name)) return false;
    new Intl.DateTimeFormat('en', { timeZone: name });
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    goodZones.add(name);
    return true;
  } catch {
    return false;
  }
}

/** The instants that a wall clock may mean in a zone. */
interface Readings {
  /** Epoch milliseconds. The same as `later` unless the clock was changed there. */
  readonly earlier: number;
  readonly later: number;
}

/**
 * What `wallClock` (the milliseconds that it would be in UTC) means in a zone. A local time that the autumn change
 * repeats has two readings; so has one that the spring change skips: by the offset before it and by the one after it.
 */
export function readingsOf(wallClock: number, zone: string): Readings {
  if (zone === 'UTC') return { earlier: wallClock, later: wallClock };
  const local = new Temporal.PlainDateTime(1970, 1, 1).add({ milliseconds: wallClock });
  const read = (disambiguation: 'earlier' | 'later') =>
    local.toZonedDateTime(zone, { disambiguation }).epochMilliseconds;
  return { earlier: read('earlier'), later: read('later') };
}

/** The wall clock of a zone at an instant, as the milliseconds that it would be in UTC. */
export function wallClockAt(epochMilliseconds: number, zone: string): number {
  if (zone === 'UTC') return epochMilliseconds;
  const zoned = Temporal.Instant.fromEpochMilliseconds(epochMilliseconds).toZonedDateTimeISO(zone);
  return epochMilliseconds + Math.round(zoned.offsetNanoseconds / 1_000_000);
}

/**
 * The instant at which a date (its midnight in UTC) begins in a zone: after the gap where a clock change skips
 * midnight.
 */
export function startOfDate(date: number, zone: string): number {
  const plain = new Temporal.PlainDate(1970, 1, 1).add({ days: date / DAY });
  return plain.toZonedDateTime({ timeZone: zone }).epochMilliseconds;
}
