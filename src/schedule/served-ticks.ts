import { HOUR, MINUTE } from '../calendar/durations.ts';
import type { ScheduledJob } from './scheduler-interface.ts';
import type { PassedTicks, TickCalendar } from './tick-calendar.ts';

type Schedule = Pick<ScheduledJob, 'schedule' | 'timezone'>;

/** Ticks of one job, all that its schedule has from the first to the last. Epoch milliseconds. */
interface Ticks {
  readonly from: number;
  to: number;
}

const MOST_SPANS = 50;

/** The ticks of a job that had their turn at their time, so that they get no other one where the clock was set back. */
export class ServedTicks {
  readonly #calendar: TickCalendar;
  #spans: Ticks[] = [];
  /** Whether the next tick follows the last span without a gap. */
  #isOpen = false;

  constructor(calendar: TickCalendar) {
    this.#calendar = calendar;
  }

  /** @param follows whether no tick lies between this one and the one noted before */
  note(tick: number, follows: boolean): void {
    const last = this.#spans.at(-1);
    if (last !== undefined && this.#isOpen && follows) last.to = tick;
    else this.#spans = [...this.#spans, { from: tick, to: tick }].slice(-MOST_SPANS);
    this.#isOpen = true;
  }

  /**
   * Notes the tick of a run: the last one in the minute before `startedAt`, if there is any. Later runs are told later.
   */
  noteStart(job: Schedule, startedAt: number): void {
    let tick = this.#next(job, startedAt - MINUTE);
    for (let next = tick; next !== undefined && next <= startedAt; next = this.#next(job, next)) tick = next;
    const last = this.#spans.at(-1)?.to;
    if (tick === undefined || tick > startedAt || tick === last) return;
    this.note(tick, last !== undefined && this.#next(job, last) === tick);
  }

  /** What comes next does not follow what was noted: the clock was set. */
  interrupt(): void {
    this.#isOpen = false;
  }

  /** To be called when the schedule is another one. */
  forget(): void {
    this.#spans = [];
    this.#isOpen = false;
  }

  /**
   * The first of the job's ticks from `tick` on that had no turn. But where a job that ticks every hour or more often
   * would not run for more than an hour, what it did under the wrong clock no longer counts.
   */
  firstUnserved(job: Schedule, tick: number | undefined): number | undefined {
    const first = this.#behindSpans(job, tick);
    if (tick === undefined || first === tick || (first ?? Infinity) - tick <= HOUR) return first;
    if ((this.#next(job, tick) ?? Infinity) - tick > HOUR) return first;
    this.forget();
    return tick;
  }

  /** The ticks from `first`, which is one that had no turn, to `now`, without those that had one. */
  passed(job: Schedule, first: number, now: number): PassedTicks {
    const { schedule = '', timezone } = job;
    let [latest, count] = [first, 0];
    for (let next: number | undefined = first; next !== undefined && next <= now; ) {
      const end = Math.min(now, this.#startAfter(next) - 1);
      const part = this.#calendar.passed(schedule, timezone, next, end);
      [latest, count] = [part.latest, count + part.count];
      next = this.#behindSpans(job, part.next);
    }
    // What lies behind `now` only shows whether the job would stand still.
    return { latest, count, next: this.firstUnserved(job, this.#next(job, now)) };
  }

  #behindSpans(job: Schedule, tick: number | undefined): number | undefined {
    let first = tick;
    for (let span = this.#spanOf(first); span !== undefined; span = this.#spanOf(first))
      first = this.#next(job, span.to);
    return first;
  }

  #next({ schedule, timezone }: Schedule, after: number): number | undefined {
    return schedule === undefined ? undefined : this.#calendar.next(schedule, timezone, after);
  }

  #spanOf(tick: number | undefined): Ticks | undefined {
    return tick === undefined ? undefined : this.#spans.find(({ from, to }) => from <= tick && tick <= to);
  }

  #startAfter(tick: number): number {
    return this.#spans.reduce((first, { from }) => (from > tick && from < first ? from : first), Infinity);
  }
}
