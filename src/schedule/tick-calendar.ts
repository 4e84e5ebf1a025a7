import { MINUTE } from '../calendar/durations.ts';
import { tickAfter } from '../cron/next-tick.ts';

/** The ticks of a schedule up to an instant. */
export interface PassedTicks {
  /** Epoch milliseconds of the last one. */
  readonly latest: number;
  /** How many there were; of very many at least so many. */
  readonly count: number;
  /** The one that follows; undefined when there is none. */
  readonly next: number | undefined;
}

const MOST_KEPT = 1_000;
const MOST_COUNTED = 1_000;

/** Tells when schedules tick, for many jobs at once: what jobs have in common is worked out once. */
export class TickCalendar {
  readonly #next = new Map<string, { readonly after: number; readonly tick: number | undefined }>();
  readonly #passed = new Map<string, PassedTicks>();
  #passedAt = Number.NaN;

  /** The first tick after an instant; undefined when there is none. */
  next(schedule: string, timezone: string, after: number): number | undefined {
    const key = `${timezone} ${schedule}`;
    const lastAnswer = this.#next.get(key);
    if (lastAnswer !== undefined && lastAnswer.after <= after && after < (lastAnswer.tick ?? Infinity))
      return lastAnswer.tick;
    if (this.#next.size >= MOST_KEPT) this.#next.clear();
    const tick = tickAfter(schedule, timezone, after);
    this.#next.set(key, { after, tick });
    return tick;
  }

  /** The ticks from `first`, which is one, to `now`. */
  passed(schedule: string, timezone: string, first: number, now: number): PassedTicks {
    if (this.#passedAt !== now) this.#passed.clear();
    this.#passedAt = now;
    const key = `${timezone} ${schedule} ${first}`;
    const passed = this.#passed.get(key) ?? this.#findPassed(schedule, timezone, first, now);
    this.#passed.set(key, passed);
    return passed;
  }

  #findPassed(schedule: string, timezone: string, first: number, now: number): PassedTicks {
    let latest = first;
    for (let count = 1; ; count++) {
      const next = this.next(schedule, timezone, latest);
      if (next === undefined || next > now) return { latest, count, next };
      if (count === MOST_COUNTED) latest = this.#lateTick(schedule, timezone, next, now);
      else latest = next;
    }
  }

  /** A tick not long before `now`, or else `tick`. */
  #lateTick(schedule: string, timezone: string, tick: number, now: number): number {
    for (let back = MINUTE; now - back > tick; back *= 2) {
      const lateTick = this.next(schedule, timezone, now - back);
      if (lateTick !== undefined && lateTick <= now) return lateTick;
    }
    return tick;
  }
}
