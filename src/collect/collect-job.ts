import type { CursorJob, Job, SnapshotJob, WindowJob } from '../config/config.ts';
import type { JobLease } from '../model/lease.ts';
import type { Outcome, RunResult } from '../model/run.ts';
import type { RunObserver } from '../model/run-event.ts';
import type { State } from '../model/state.ts';
import { collectCursor } from './collect-cursor.ts';
import { collectSnapshot } from './collect-snapshot.ts';
import { collectWindows } from './collect-windows.ts';
import { letterIds } from './dead-letter-record.ts';
import { FingerprintError, failureOf, JobBusyError } from './failures.ts';
import { changesBetween, fingerprintOf } from './fingerprint.ts';
import { suppressing } from './outgoing.ts';
import type { RequestedSpan, Route, RunContext } from './run-context.ts';
import type { RunSignals } from './run-signals.ts';
import { RunSoFar } from './run-so-far.ts';
import { Stops } from './stops.ts';
import { rulesOf } from './stored-rules.ts';
import { takenBack } from './take-back.ts';
import { warnOfFuture } from './warn-of-future.ts';

export interface RunOptions {
  /** Called once per run, because tokens are read again for each; what it throws is the run's failure. */
  readonly route: () => Route;
  readonly state: State;
  readonly observer: RunObserver;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** The same by a clock that does not follow sudden changes; left out: `now`. */
  readonly steadyNow?: () => number;
  /** Milliseconds that requests on their way may still take after the run was stopped. */
  readonly grace: number;
  /** The tick of the schedule that the run stands for, epoch milliseconds: a snapshot belongs to its period. Undefined: now. */
  readonly tick?: number | undefined;
  /** For snapshot jobs: deliver what is pending and take no new snapshot. */
  readonly onlyPending?: boolean;
  /** For window jobs: what to collect instead of what is owed. */
  readonly span?: RequestedSpan | undefined;
}

/**
 * One run of one job: rows → records → batches → write API → progress. Progress moves only when everything before it is
 * acknowledged, so that whatever ends the run, the next one begins at the first thing that is not.
 * Whatever goes wrong is the run's failure: this never throws. Aborting `signal` interrupts the run.
 */
export async function collectJob(job: Job, options: RunOptions, signal: AbortSignal): Promise<RunResult> {
  const { state, observer, now } = options;
  const startedAt = now();
  let run = runOf(job, 0, startedAt, observer);
  let lease: JobLease | undefined;
  let error: unknown;
  try {
    lease = await takeLease(job, state);
    run = runOf(job, await state.beginRun(job.name, startedAt), startedAt, observer);
    await collect(job, run, options, AbortSignal.any([signal, lease.lost]));
  } catch (caught) {
    error = caught;
  }
  const outcome = error === undefined ? run.outcome : outcomeOf(error, signal);
  const failure = error === undefined || outcome === 'interrupted' ? undefined : failureOf(error);
  const result = await remembered(run.ended(outcome, Math.max(startedAt, now()), failure), run, state);
  await lease?.release().catch(() => undefined);
  observer({ kind: 'run-ended', run: run.number, result });
  return result;
}

function runOf(job: Job, number: number, startedAt: number, observer: RunObserver): RunSoFar {
  const { name, max_dead_letters: maxDeadLetters } = job;
  return new RunSoFar({ job: name, number, startedAt, maxDeadLetters, observer });
}

async function takeLease({ name }: Job, state: State): Promise<JobLease> {
  const lease = await state.takeLease(name);
  if (lease.kind === 'lease') return lease;
  throw new JobBusyError(lease);
}

async function collect(job: Job, run: RunSoFar, options: RunOptions, signal: AbortSignal): Promise<void> {
  const { state, span, tick, onlyPending = false } = options;
  const given = options.route();
  const route = { ...given, target: suppressing(given.target, job.record) };
  run.rules = rulesOf(job, route.clock.zone);
  const progress = await state.progressOf(job.name);
  const fingerprint = fingerprintOf(job, route.clock.zone);
  refuseChangedIds(job, progress?.fingerprint, fingerprint);
  run.letters.addStored(await state.deadLetters({ job: job.name }), letterIds(job, route.clock));
  const context = {
    job,
    route,
    state,
    run,
    progress,
    fingerprint,
    span,
    tick,
    onlyPending,
    agedUntil: Math.min(run.startedAt, options.steadyNow?.() ?? run.startedAt),
  };
  const stops = new Stops(job, options.grace, signal);
  try {
    await collectMode(context, stops);
  } catch (error) {
    await keepSettled(context).catch(() => undefined);
    throw error;
  } finally {
    stops.clear();
  }
}

/** What was delivered before a run failed stays delivered: a letter that is older must not be sent again. */
async function keepSettled({ job, run, state }: RunContext): Promise<void> {
  const step = run.settledStep();
  if (step !== undefined) await state.acknowledged(job.name, run.number, step);
}

async function collectMode(context: RunContext, signals: RunSignals): Promise<void> {
  const { job, progress, route } = context;
  if (job.snapshot !== undefined)
    return collectSnapshot(await takenBack(context as RunContext<SnapshotJob>, -Infinity), signals);
  const clock =
    job.cursor === undefined && progress === undefined ? undefined : await route.source.clock(signals.read);
  if (clock !== undefined) warnOfFuture(context, clock);
  if (job.window !== undefined)
    return collectWindows(await takenBack(context as RunContext<WindowJob>, clock ?? 0), signals);
  return collectCursor(context as RunContext<CursorJob>, clock ?? 0, signals);
}

function refuseChangedIds(job: Job, before: string | undefined, now: string): void {
  const changes = before === undefined ? [] : changesBetween(before, now);
  if (changes.length > 0) throw new FingerprintError(job.name, changes);
}

function outcomeOf(error: unknown, signal: AbortSignal): Outcome {
  if (signal.aborted) return 'interrupted';
  return error instanceof Error && 'isBusy' in error && error.isBusy === true ? 'skipped' : 'failed';
}

/** A run whose end cannot be stored has failed, if it had not before; nothing else is lost by that. */
async function remembered(result: RunResult, run: RunSoFar, state: State): Promise<RunResult> {
  if (run.number === 0) return result;
  try {
    await state.endRun(run.number, result);
    return result;
  } catch (error) {
    return result.failure === undefined
      ? { ...result, outcome: 'failed', failure: failureOf(error) }
      : result;
  }
}
