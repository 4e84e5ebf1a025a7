import { collectJob, type RunOptions } from '../collect/collect-job.ts';
import type { RunResult } from '../collect/interfaces.ts';
import type { Job } from '../config/config.ts';
import { logRuns } from '../observe/log-runs.ts';
import type { ExitCode } from './exit-codes.ts';
import { holdLittleMemory } from './memory.ts';
import type { Setting } from './setting.ts';
import { listenForStop } from './stop-signals.ts';
import { openState, Stations } from './wiring.ts';

export interface FinishedRuns {
  readonly results: readonly RunResult[];
  /** The exit code of the signal that ended the runs before their time, if one did. */
  readonly stopped: ExitCode | undefined;
}

/** Runs jobs one after the other, until a signal asks to stop. @param adapt the options of a job's run, from the usual ones */
export async function runJobs(
  jobs: readonly Job[],
  setting: Setting,
  adapt: (job: Job, options: RunOptions) => RunOptions = (_job, options) => options,
): Promise<FinishedRuns> {
  holdLittleMemory();
  const stop = listenForStop();
  const state = openState(setting.config);
  const stations = new Stations(setting);
  const observer = logRuns(setting.logger);
  const results: RunResult[] = [];
  try {
    for (const job of jobs) {
      if (stop.signal.aborted) break;
      const options = { ...stations.routeOf(job), state, observer, now: Date.now };
      results.push(await collectJob(job, adapt(job, options), stop.signal));
    }
  } finally {
    await stations.close();
    state.close();
    stop.release();
  }
  return { results, stopped: stop.exitCode() };
}
