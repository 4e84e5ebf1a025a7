import { collectJob, type RunOptions } from '../../collect/collect-job.ts';
import type { Job } from '../../config/config.ts';
import type { RunResult } from '../../model/run.ts';
import { logRuns } from '../../observe/log-events.ts';
import type { ExitCode } from '../shell/exit-codes.ts';
import { holdLittleMemory } from '../shell/memory.ts';
import type { Setting } from '../shell/setting.ts';
import { withStop } from '../shell/stop-signals.ts';
import { withState, withStations } from '../wiring.ts';
import { ProgressBar } from './progress-bar.ts';

/** Milliseconds that requests on their way may take after a signal to stop. */
const GRACE = 5_000;

const STOPPING = '\nstopping: what is on its way may still be answered; a second signal ends at once\n';

export interface FinishedRuns {
  readonly results: readonly RunResult[];
  /** The exit code of the signal that ended the runs before their time, if one did. */
  readonly stopped: ExitCode | undefined;
}

/**
 * Runs jobs one after the other, until a signal asks to stop.
 *
 * @param runJob does one run, with the usual options
 * @param showsProgress whether a terminal shows how far a run is
 */
export async function runJobs(
  jobs: readonly Job[],
  setting: Setting,
  runJob: (job: Job, options: RunOptions, signal: AbortSignal) => Promise<RunResult> = collectJob,
  showsProgress = true,
): Promise<FinishedRuns> {
  holdLittleMemory();
  const bar = await ProgressBar.on({
    ...setting.terminal,
    isInteractive: setting.terminal.isInteractive && showsProgress,
  });
  const logger = bar.below(setting.logger);
  const observer = bar.beside(logRuns(logger));
  return withStop(async ({ signal, exitCode }) => {
    if (setting.terminal.isInteractive)
      signal.addEventListener('abort', () => setting.terminal.tell(STOPPING));
    const results: RunResult[] = [];
    await withState(setting.config, (state) =>
      withStations({ ...setting, logger }, async (stations) => {
        for (const job of jobs) {
          if (signal.aborted) break;
          const route = () => stations.routeOf(job);
          results.push(await runJob(job, { route, state, observer, now: Date.now, grace: GRACE }, signal));
        }
      }),
    );
    return { results, stopped: exitCode() };
  });
}
