import type { Job } from '../config/config.ts';
import { NO_COUNTS, type RunOutcome, type RunResult } from '../model/run.ts';
import type { RunObserver } from '../model/run-event.ts';
import type { JobLease, State } from '../model/state.ts';
import { failureOf, JobBusyError } from './failures.ts';
import { type RunSignals, Stops } from './run-context.ts';
import { RunSoFar } from './run-so-far.ts';

/** What a run asks of the state for itself. */
type RunsState = Pick<State, 'takeLease' | 'beginRun' | 'endRun'>;

/** What every run needs, whatever it does. */
export interface RunSettings {
  readonly state: RunsState;
  readonly observer: RunObserver;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What is to be done in a run. */
export interface RunWork {
  /** Called while the lease is held: what it throws keeps the run from beginning. */
  readonly precondition?: () => Promise<void>;
  /** Milliseconds that the run may take; left out: any time. */
  readonly timeout?: number;
  /** Milliseconds that requests on their way may still take after the run was stopped; left out: none. */
  readonly grace?: number;
  readonly perform: (run: RunSoFar, signals: RunSignals) => Promise<void>;
}

/** A run that has ended. */
export interface EndedRun {
  readonly result: RunResult;
  /** What ended it before its time; undefined: nothing. */
  readonly error: unknown;
}

/**
 * Does some work as a run of a job, which nobody else runs meanwhile: takes the job's lease, begins the run,
 * stops it when the caller asks, when its time is over or when another process has taken the lease, and ends
 * it. Whatever goes wrong once the run has begun is its failure; this throws only what keeps it from
 * beginning.
 */
export async function asRun(
  job: Job,
  { state, observer, now }: RunSettings,
  { precondition, timeout, grace = 0, perform }: RunWork,
  signal: AbortSignal,
): Promise<EndedRun> {
  const startedAt = now();
  const lease = await takeLease(job.name, state);
  let ended: EndedRun;
  let number: number;
  try {
    await precondition?.();
    number = await state.beginRun(job.name, startedAt);
    const about = { job: job.name, number, startedAt, maxDeadLetters: job.max_dead_letters, observer, now };
    const run = new RunSoFar(about);
    const stops = new Stops(timeout, grace, AbortSignal.any([signal, lease.lost]));
    const error = await errorOf(() => perform(run, stops));
    stops.clear();
    const end =
      error === undefined ? { outcome: run.outcome, failure: undefined } : endBy(error, signal, now());
    ended = await remembered({ result: run.ended(end, Math.max(startedAt, now())), error }, run, state);
  } finally {
    await lease.release().catch(() => undefined);
  }
  observer({ kind: 'run-ended', run: number, result: ended.result });
  return ended;
}

/** What is told of a run that could not begin. @param error what kept it from that */
export function notBegun(
  job: string,
  error: unknown,
  startedAt: number,
  { observer, now }: RunSettings,
  signal: AbortSignal,
): RunResult {
  const nothing = { ...NO_COUNTS, window: undefined };
  const endedAt = Math.max(startedAt, now());
  const result = { job, startedAt, endedAt, ...nothing, ...endBy(error, signal, endedAt) };
  observer({ kind: 'run-ended', run: undefined, result });
  return result;
}

async function takeLease(job: string, state: RunsState): Promise<JobLease> {
  const lease = await state.takeLease(job);
  if (lease.kind === 'lease') return lease;
  throw new JobBusyError(lease);
}

async function errorOf(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** @param at epoch milliseconds */
function endBy(error: unknown, signal: AbortSignal, at: number): Pick<RunResult, 'outcome' | 'failure'> {
  if (signal.aborted) return { outcome: 'interrupted', failure: undefined };
  const isBusy = error instanceof Error && 'isBusy' in error && error.isBusy === true;
  const outcome: RunOutcome = isBusy ? 'skipped' : 'failed';
  return { outcome, failure: failureOf(error, at) };
}

/** A run whose end cannot be stored has failed, if it had not before; nothing else is lost by that. */
async function remembered(ended: EndedRun, run: RunSoFar, state: RunsState): Promise<EndedRun> {
  const { result } = ended;
  try {
    await state.endRun(run.number, result);
    return ended;
  } catch (error) {
    const failure = failureOf(error);
    if (result.failure === undefined) return { result: { ...result, outcome: 'failed', failure }, error };
    run.tell({ kind: 'end-not-stored', reason: failure.message, remedy: failure.remedy });
    return ended;
  }
}
