import { type JobState, newJobState } from './job-state.ts';
import type { ScheduledJob } from './scheduler-interface.ts';
import { ServedTicks } from './served-ticks.ts';
import { type PassedTicks, TickCalendar } from './tick-calendar.ts';

/** Works out the ticks of jobs. A job with whose schedule that cannot be done has none; it stops no other one. */
export class TickPlanner {
  readonly #calendar = new TickCalendar();
  readonly #cannotSchedule: (name: string, error: unknown) => void;

  constructor(cannotSchedule: (name: string, error: unknown) => void) {
    this.#cannotSchedule = cannotSchedule;
  }

  newState(job: ScheduledJob): JobState {
    return newJobState(job, new ServedTicks(this.#calendar));
  }

  /** The first tick after an instant that had no turn. */
  tickAfter(state: JobState, after: number): number | undefined {
    return this.#planned(state, () => {
      const { schedule, timezone } = state.job;
      if (schedule === undefined) return undefined;
      return state.served.firstUnserved(state.job, this.#calendar.next(schedule, timezone, after));
    });
  }

  /** The ticks from `first` to `now` that had no turn. */
  passed(state: JobState, first: number, now: number): PassedTicks | undefined {
    return this.#planned(state, () => state.served.passed(state.job, first, now));
  }

  /** Notes the runs that a job had at times still to come. */
  noteStarts(state: JobState, starts: readonly number[]): void {
    this.#planned(state, () => {
      for (const start of starts) state.served.noteStart(state.job, start);
    });
    state.served.interrupt();
  }

  #planned<Result>(state: JobState, work: () => Result): Result | undefined {
    try {
      return work();
    } catch (error) {
      // Told once, although more than one thing may be asked of the same schedule.
      if (state.problem === undefined) this.#cannotSchedule(state.job.name, error);
      state.problem = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  }
}
