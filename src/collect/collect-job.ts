import type { Complete, Job } from '../config/config.ts';
import type { Progress } from '../model/progress.ts';
import type { RunResult } from '../model/run.ts';
import type { State } from '../model/state.ts';
import { asRun, notBegun, type RunSettings } from './as-run.ts';
import { collectCursor } from './collect-cursor.ts';
import { collectSnapshot } from './collect-snapshot.ts';
import { collectWindows, type RequestedSpan } from './collect-windows.ts';
import { completedAsStored, completedBy } from './complete-job.ts';
import { letterIds } from './dead-letter-record.ts';
import { fingerprintOf, refuseChangedIds } from './fingerprint.ts';
import type { Route, RunContext, RunSignals } from './run-context.ts';
import type { RunSoFar } from './run-so-far.ts';
import { rulesOf } from './stored-rules.ts';
import { suppressing } from './suppressing.ts';

export interface RunOptions extends RunSettings {
  readonly state: State;
  /** Called once per run, because tokens are read again for each; what it throws is the run's failure. */
  readonly route: () => Route;
  /** The time by a clock that does not follow sudden changes; left out: `now`. */
  readonly steadyNow?: () => number;
  /** Milliseconds that requests on their way may still take after the run was stopped. */
  readonly grace: number;
  /**
   * The tick of the schedule that the run stands for, epoch milliseconds: a snapshot belongs to its period.
   * Undefined: now.
   */
  readonly tick?: number | undefined;
  /** For snapshot jobs: deliver what is pending and take no new snapshot. */
  readonly onlyPending?: boolean;
  /** For window jobs: what to collect instead of what is owed. */
  readonly span?: RequestedSpan | undefined;
  /** For window jobs: send also what the data set has as it is. */
  readonly allRecords?: boolean;
  /** For window jobs: deliver also what `expect.change` would hold back. */
  readonly accept?: boolean;
}

/**
 * One run of one job: rows → records → batches → write API → progress. Progress moves only when everything before it is
 * acknowledged, so that whatever ends the run, the next one begins at the first thing that is not.
 * Whatever goes wrong is the run's failure: this never throws. Aborting `signal` interrupts the run.
 */
export async function collectJob(job: Job, options: RunOptions, signal: AbortSignal): Promise<RunResult> {
  const { now, grace } = options;
  const { timeout } = job;
  const startedAt = now();
  const perform = (run: RunSoFar, signals: RunSignals) => collect(job, run, options, signals);
  try {
    const { result } = await asRun(job, options, { timeout, grace, perform }, signal);
    return result;
  } catch (error) {
    return notBegun(job.name, error, startedAt, options, signal);
  }
}

async function collect(written: Job, run: RunSoFar, options: RunOptions, signals: RunSignals): Promise<void> {
  const { state } = options;
  const openedRoute = options.route();
  const progress = await state.progressOf(written.name);
  const { job, unknown } = await completed(written, openedRoute, progress, options, signals.read);
  const route = { ...openedRoute, target: suppressing(openedRoute.target, job.record) };
  run.rules = rulesOf(job, route.localTime.zone);
  const fingerprint = fingerprintOf(job, route.localTime.zone);
  refuseChangedIds(job.name, progress?.fingerprint, fingerprint);
  run.letters.addStored(await state.deadLetters({ job: job.name }), letterIds(job, route.localTime));
  try {
    const shared = { route, state, run, signals, progress, fingerprint };
    await collectMode(job, shared, unknown === undefined ? options : { ...options, onlyPending: true });
    if (unknown !== undefined) throw unknown.error;
  } catch (error) {
    // What was delivered before stays delivered: a letter that is older must not be sent again.
    const step = run.settledStep();
    if (step !== undefined) await state.acknowledged(job.name, run.number, step).catch(() => undefined);
    throw error;
  }
}

/**
 * The job with nothing left out, by the columns of its query. What is pending is delivered also when those cannot be
 * told: then it is as it was, and `unknown` why no more than that can be done.
 */
async function completed(
  job: Job,
  route: Route,
  progress: Progress | undefined,
  { state, now, onlyPending = false }: RunOptions,
  signal: AbortSignal,
): Promise<{ readonly job: Complete; readonly unknown?: { readonly error: unknown } }> {
  const stored = completedAsStored(job, progress?.fingerprint);
  if (onlyPending && stored !== undefined) return { job: stored };
  try {
    return { job: await completedBy(route, job, now(), signal) };
  } catch (error) {
    if (stored === undefined || (await state.pendingOf(job.name)).length === 0) throw error;
    return { job: stored, unknown: { error } };
  }
}

/** The one place that tells apart what runs of each mode do: from here on each is on its own. */
function collectMode(
  job: Complete,
  shared: Omit<RunContext, 'job'>,
  { span, accept = false, allRecords = false, tick, onlyPending = false, steadyNow }: RunOptions,
): Promise<void> {
  switch (job.mode) {
    case 'window':
      return collectWindows({ ...shared, job }, { span, accept, allRecords });
    case 'cursor':
      return collectCursor({ ...shared, job });
    case 'snapshot': {
      const { startedAt } = shared.run;
      const agedUntil = Math.min(startedAt, steadyNow?.() ?? startedAt);
      return collectSnapshot({ ...shared, job }, { tick, onlyPending, agedUntil });
    }
  }
}
