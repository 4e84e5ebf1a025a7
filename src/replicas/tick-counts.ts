import { SECOND } from '../calendar/durations.ts';
import type { JobStatus, LostTicks, ScheduleObserver } from '../schedule/scheduler-interface.ts';
import type { RunToStart } from './claim-runs.ts';

type Counted = Pick<JobStatus, 'ticksSkipped' | 'ticksMissed' | 'lag'>;

const NOTHING: Counted = { ticksSkipped: 0, ticksMissed: 0, lag: undefined };

/** A start that is told when it is so much too late, milliseconds. */
const LATE = 10 * SECOND;

/** What became of the ticks of each job, as far as this replica had to do with them; and who is told. */
export class TickCounts {
  readonly #observer: ScheduleObserver;
  readonly #counts = new Map<string, Counted>();

  constructor(observer: ScheduleObserver) {
    this.#observer = observer;
  }

  of(job: string): Counted {
    return this.#counts.get(job) ?? NOTHING;
  }

  missed(job: string, ticks: LostTicks): void {
    const counted = this.of(job);
    this.#counts.set(job, { ...counted, ticksMissed: counted.ticksMissed + ticks.count });
    this.#observer.ticksMissed(job, ticks);
  }

  /** @param now epoch milliseconds */
  started({ job, tick, ticks, dueAt }: RunToStart, now: number): void {
    const counted = this.of(job);
    const last = Math.max(0, now - dueAt);
    const skipped = Math.max(0, ticks - 1);
    const lag = { last, max: Math.max(last, counted.lag?.max ?? 0) };
    this.#counts.set(job, { ...counted, lag, ticksSkipped: counted.ticksSkipped + skipped });
    const latest = tick ?? dueAt;
    if (skipped > 0) this.#observer.ticksSkipped(job, { count: skipped, latest, because: 'waiting' });
    if (last >= LATE) this.#observer.startedLate(job, latest, last);
  }
}
