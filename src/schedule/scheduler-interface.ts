import type { ConcurrencyLimits } from './run-queue.ts';

/** What the scheduler is told, what it calls and what it tells. All times are epoch milliseconds. */

export interface ScheduledJob {
  readonly name: string;
  /** A cron expression without mistakes; undefined for a job that runs only when it is asked to. */
  readonly schedule: string | undefined;
  readonly timezone: string;
  /** Milliseconds: a run starts up to this much after its tick. */
  readonly jitter: number;
  readonly database: string;
}

/** What is to run, and how many at a time. */
export interface SchedulePlan extends ConcurrencyLimits {
  readonly jobs: readonly ScheduledJob[];
  /** Whether a tick that passed while nobody was running is made up for by one run. */
  readonly missedRuns: 'run_once' | 'skip';
}

/** `interrupted`: the program ends, and the run with it. */
export type ScheduledOutcome = 'succeeded' | 'failed' | 'skipped' | 'interrupted';

/**
 * Why a run starts: its tick came, ticks came while the job ran, ticks passed while the program did not run,
 * somebody asked for it, or something is left to be delivered.
 */
export type RunCause = 'tick' | 'passed-over' | 'missed' | 'asked' | 'pending';

export interface SchedulerSettings {
  /**
   * Runs a job and tells what became of the run. The tick is the latest one that the run stands for; undefined when
   * it stands for none.
   */
  readonly start: (name: string, tick: number | undefined, cause: RunCause) => Promise<ScheduledOutcome>;
  /** The time at which a run ended. */
  readonly now: () => number;
  /** From 0, included, to 1, excluded. */
  readonly random: () => number;
  readonly observer: ScheduleObserver;
}

/** Ticks that get no run of their own. */
export interface LostTicks {
  readonly count: number;
  readonly latest: number;
}

/** Hears what an operator may want to know. It must not throw. */
export interface ScheduleObserver {
  /** Ticks came while the job was running or a run of it was still to start; one run stands for all of them. */
  ticksSkipped(name: string, ticks: LostTicks & { readonly because: 'running' | 'waiting' }): void;
  /**
   * Ticks passed while nobody was running: before the start, while the machine slept, where the clock was set forward.
   */
  ticksMissed(name: string, ticks: LostTicks): void;
  /** A run started this many milliseconds, at least ten seconds, after it was due. */
  startedLate(name: string, tick: number, lag: number): void;
  /**
   * The clock was set back by more than a few minutes, or a run before the start is of a later time: all jobs are
   * scheduled anew from the new time.
   */
  clockSetBack(from: number, to: number): void;
  /** The ticks of a job cannot be worked out: it does not run until the configuration is loaded anew. */
  cannotSchedule(name: string, error: unknown): void;
  /** `start` threw instead of telling an outcome; the run counts as failed. */
  startThrew(name: string, error: unknown): void;
}

export interface JobStatus {
  readonly name: string;
  /** The next tick; undefined when there is none. */
  readonly nextTick: number | undefined;
  /** Why the ticks of the job cannot be worked out; undefined when they can. */
  readonly problem: string | undefined;
  /** When the run is to start that waits for its jitter, or for the pause after a failure. */
  readonly delayedUntil: number | undefined;
  /** Since when it waits for its turn, because others run. */
  readonly waitingSince: number | undefined;
  readonly runningSince: number | undefined;
  /** Ticks that were passed over, since the program started. */
  readonly ticksSkipped: number;
  readonly ticksMissed: number;
  readonly failuresInRow: number;
  /**
   * Milliseconds between when the last run was due, jitter and pauses included, and when it started; and the longest of
   * them.
   */
  readonly lag: { readonly last: number; readonly max: number } | undefined;
}

/** Whether a run that somebody asked for starts, and if not why. */
export type AskedRun =
  | 'started'
  | 'waiting'
  | 'already-running'
  | 'already-waiting'
  | 'unknown-job'
  | 'stopped';
