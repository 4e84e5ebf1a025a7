import { collectJob, type RunOptions } from '../../collect/collect-job.ts';
import type { Job } from '../../config/config.ts';
import type { RunResult } from '../../model/run.ts';
import { type ConcurrencyLimits, concurrencyLimits } from '../../schedule/run-queue.ts';
import { sideBySide } from '../../schedule/side-by-side.ts';
import type { ExitCode } from '../shell/exit-codes.ts';
import { collectGarbageAtOnce, holdLittleMemory } from '../shell/memory.ts';
import type { Setting } from '../shell/setting.ts';
import type { Showing } from '../shell/showing.ts';
import { withStop } from '../shell/stop-signals.ts';
import { withState, withStations } from '../wiring.ts';
import { openRunView } from './run-view.ts';

/** Milliseconds that requests on their way may take after a signal to stop. */
const GRACE = 5_000;

const STOPPING = '\nstopping: what is on its way may still be answered; a second signal ends at once\n';

export interface FinishedRuns {
  /** In the order of the jobs; those that a signal kept from beginning have none. */
  readonly results: readonly RunResult[];
  /** The exit code of the signal that ended the runs before their time, if one did. */
  readonly stopped: ExitCode | undefined;
  /** What was warned of and is not in the log, in its form. */
  readonly remarks: Iterable<string>;
}

export interface RunJobsOptions {
  readonly showing: Showing;
  /** Does one run, with the usual options; left out: collects. */
  readonly runJob?: (job: Job, options: RunOptions, signal: AbortSignal) => Promise<RunResult>;
  /** Left out: those of the configuration. */
  readonly limits?: ConcurrencyLimits;
}

/** Runs jobs, as many at a time as the limits let, until a signal asks to stop. */
export async function runJobs(
  jobs: readonly Job[],
  setting: Setting,
  { showing, runJob = collectJob, limits = concurrencyLimits(setting.config) }: RunJobsOptions,
): Promise<FinishedRuns> {
  const { config, terminal } = setting;
  const { logger, observer, remarks, close } = await openRunView(jobs, setting, showing);
  holdLittleMemory();
  collectGarbageAtOnce();
  try {
    return await withStop(async ({ signal, exitCode }) => {
      if (terminal.isInteractive) signal.addEventListener('abort', () => terminal.tell(STOPPING));
      const results = await withState(config, (state) =>
        withStations({ ...setting, logger }, (stations) => {
          const run = (job: Job) => {
            const route = () => stations.routeOf(job);
            return runJob(job, { route, state, observer, now: Date.now, grace: GRACE }, signal);
          };
          return sideBySide(jobs, limits, run, signal);
        }),
      );
      return { results, stopped: exitCode(), remarks };
    });
  } finally {
    close();
  }
}
