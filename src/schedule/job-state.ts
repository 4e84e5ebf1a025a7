import { MINUTE, SECOND } from '../calendar/durations.ts';
import type { JobStatus, RunCause, ScheduledJob, ScheduledOutcome } from './scheduler-interface.ts';
import type { ServedTicks } from './served-ticks.ts';

/** A run that is to start. */
export interface OwedRun {
  /** The latest tick that it stands for. */
  tick: number | undefined;
  cause: RunCause;
  /** When it is to start. */
  dueAt: number;
  /** Since when it stands in line; undefined while it is not due. */
  waitingSince: number | undefined;
}

export interface CurrentRun {
  since: number;
  /** The one that it was started with, whatever the configuration says since. */
  readonly database: string;
}

/** What the scheduler remembers of a job. */
export interface JobState {
  job: ScheduledJob;
  nextTick: number | undefined;
  readonly served: ServedTicks;
  /** Why the job has no next tick although it has a schedule. */
  problem: string | undefined;
  owed: OwedRun | undefined;
  run: CurrentRun | undefined;
  /** The latest tick that came during the run. */
  passedOver: number | undefined;
  failuresInRow: number;
  /** Before this no tick starts a run. */
  pausedUntil: number;
  ticksSkipped: number;
  ticksMissed: number;
  lag: { last: number; max: number } | undefined;
}

const LONGEST_PAUSE = 5 * MINUTE;

export function newJobState(job: ScheduledJob, served: ServedTicks): JobState {
  return {
    job,
    nextTick: undefined,
    served,
    problem: undefined,
    owed: undefined,
    run: undefined,
    passedOver: undefined,
    failuresInRow: 0,
    pausedUntil: -Infinity,
    ticksSkipped: 0,
    ticksMissed: 0,
    lag: undefined,
  };
}

/** Moves what a job waits for, and since when, with a clock that is set back. @param by milliseconds */
export function moveBack(state: JobState, by: number): void {
  const { owed, run } = state;
  state.pausedUntil -= by;
  if (run !== undefined) run.since -= by;
  if (owed === undefined) return;
  owed.dueAt -= by;
  if (owed.waitingSince !== undefined) owed.waitingSince -= by;
}

/** What was owed goes on from now. Gives by how much it is late, milliseconds. */
export function startRun(state: JobState, dueAt: number, now: number): number {
  const last = now - dueAt;
  state.owed = undefined;
  state.run = { since: now, database: state.job.database };
  state.lag = { last, max: Math.max(last, state.lag?.max ?? 0) };
  return last;
}

export function noteOutcome(state: JobState, outcome: ScheduledOutcome, now: number): void {
  if (outcome === 'succeeded') state.failuresInRow = 0;
  if (outcome !== 'failed') return;
  state.failuresInRow++;
  state.pausedUntil = now + pauseAfter(state.failuresInRow);
}

/** Milliseconds without a run after so many failures in a row: 1 s, 2 s, 4 s … 5 min. */
export function pauseAfter(failuresInRow: number): number {
  return failuresInRow === 0 ? 0 : Math.min(SECOND * 2 ** (failuresInRow - 1), LONGEST_PAUSE);
}

export function statusOf({ job, nextTick, owed, run, ...state }: JobState): JobStatus {
  return {
    name: job.name,
    nextTick,
    problem: state.problem,
    delayedUntil: owed?.waitingSince === undefined ? owed?.dueAt : undefined,
    waitingSince: owed?.waitingSince,
    runningSince: run?.since,
    ticksSkipped: state.ticksSkipped,
    ticksMissed: state.ticksMissed,
    failuresInRow: state.failuresInRow,
    lag: state.lag && { ...state.lag },
  };
}
