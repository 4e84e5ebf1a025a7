import type { Job } from '../config/config.ts';
import { type Window, windowsBetween, windowsOwed } from '../schedule/window.ts';
import { collectWindow, type Route } from './collect-window.ts';
import { RunTimeoutError } from './failures.ts';
import type { RunObserver, RunResult, State } from './interfaces.ts';
import { RunSoFar } from './run-so-far.ts';

export interface RunOptions extends Route {
  readonly state: State;
  readonly observer: RunObserver;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Collect this span (epoch milliseconds, `to` excluded) instead of what is owed. */
  readonly span?: { readonly from: number; readonly to: number } | undefined;
}

/**
 * One run of one job: window by window, rows → records → batches → write API → progress. Progress moves only when everything
 * before it is acknowledged, so that whatever ends the run, the next one begins at the first thing that is not.
 * What goes wrong is the run's failure; this throws only when the state cannot be written. Aborting `signal` interrupts the run.
 */
export async function collectJob(job: Job, options: RunOptions, signal: AbortSignal): Promise<RunResult> {
  const { state, observer, now } = options;
  const startedAt = now();
  let progress = state.progressOf(job.name);
  const windows = windowsOf(job, options, startedAt, progress);
  const run = new RunSoFar(state.beginRun(job.name, startedAt));
  observer.runStarted(job.name, run.number, windows.length);
  const deadline = deadlineOf(job, signal);
  let failure: unknown;
  try {
    for (const window of windows) {
      const collected = await collectWindow(job, window, options, deadline.signal, () =>
        observer.idsNoLongerCompared(job.name, run.number),
      );
      run.add(window, collected);
      if (!collected.isReady) break;
      if (movesProgress(options, window, progress)) progress = window.collectedTo;
      state.windowAcknowledged(run.number, job.name, progress, run.counts);
      observer.windowAcknowledged(job.name, run.number, window, run.counts);
    }
  } catch (error) {
    failure = error;
  } finally {
    deadline.clear();
  }
  const result = run.ended(job.name, startedAt, now(), failure, signal.aborted);
  state.endRun(run.number, result);
  observer.runEnded(run.number, result);
  return result;
}

function windowsOf(job: Job, { span }: RunOptions, now: number, progress: number | undefined): Window[] {
  return span === undefined
    ? windowsOwed(job.window, job.timezone, now, progress)
    : windowsBetween(job.window, job.timezone, now, span);
}

/** A span that somebody asked for must not leave a gap behind the progress. */
function movesProgress({ span }: RunOptions, window: Window, progress: number | undefined): boolean {
  return span === undefined || (progress !== undefined && window.from <= progress);
}

/** The signal that ends a run: the caller's, or the job's own `timeout`. */
function deadlineOf(job: Job, signal: AbortSignal): { readonly signal: AbortSignal; clear(): void } {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new RunTimeoutError(job.timeout)), job.timeout);
  return { signal: AbortSignal.any([signal, timeout.signal]), clear: () => clearTimeout(timer) };
}
