import type { AskedRun, JobStatus, RunCause, ScheduledOutcome, SchedulePlan } from './scheduler-interface.ts';

/** Runs jobs by their schedules: what a daemon asks of whoever decides when. Times are epoch milliseconds. */
export interface ScheduleEngine {
  /**
   * Puts a plan into force, the first one or another one; runs that go on are let end.
   *
   * @param configuration what tells the configuration of the plan from others
   */
  replace(plan: SchedulePlan, past: PastRuns, configuration: () => string): Promise<void>;
  /** Starts runs from here on. */
  begin(): Promise<void>;
  /** Starts a run outside the schedule, within the same limits. */
  runNow(name: string, cause?: 'asked' | 'pending'): Promise<AskedRun>;
  /** Starts no more runs; done when those that go on have ended. */
  stop(): Promise<void>;
  /** How a job stands; undefined when there is none of the name. */
  status(name: string): JobStatus | undefined;
  /** How all jobs stand, in the order of the plan. */
  statuses(): JobStatus[];
  /** Why it starts no runs for the time being, as a clause; undefined: it does. */
  readonly trouble: string | undefined;
  /** Whether other processes have the same schedule, so that jobs run although this one does nothing. */
  readonly isShared: boolean;
}

/** What is remembered of the runs of jobs that are new to an engine. */
export interface PastRuns {
  /** Up to when the ticks of a job had their run; undefined: it never ran. */
  servedUpTo(name: string): number | undefined;
  /** When runs of a job began that are still to come by the clock of now, which was wrong then. */
  laterStarts(name: string): readonly number[];
}

/** Runs a job and tells what became of the run, as `SchedulerSettings` has it. */
export type StartRun = (name: string, tick: number | undefined, cause: RunCause) => Promise<ScheduledOutcome>;
