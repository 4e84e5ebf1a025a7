import { JobBusyError } from '../../collect/failures.ts';
import type { Job } from '../../config/config.ts';
import type { Progress } from '../../model/progress.ts';
import type { State } from '../../model/state.ts';
import { confirmed } from '../shell/confirm.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import { openState } from '../wiring.ts';

/** How a person changes where a job stands. */
export interface Change {
  /** Undefined: as if the job had never run. */
  readonly progress: Progress | undefined;
  /** What comes of it, as lines. */
  readonly effect: string;
  /** What has been done, as a clause. */
  readonly done: string;
}

/**
 * Changes where a job stands, once a person agrees with the effect, while nobody runs the job. Throws JobBusyError.
 *
 * @param plan gives the change; undefined: there is nothing to change, which it has told
 */
export async function changeProgress(
  name: string,
  yes: boolean,
  setting: Setting,
  plan: (job: Job, progress: Progress | undefined, state: State) => Promise<Change | undefined>,
): Promise<ExitCode> {
  const [job] = selectJobs([name], false, setting);
  if (job === undefined) return EXIT.configuration;
  return whileNobodyRuns(name, yes, setting, (state, progress) => plan(job, progress, state));
}

/** The same for a name that may be that of no job any more. */
export async function whileNobodyRuns(
  name: string,
  yes: boolean,
  setting: Setting,
  plan: (state: State, progress: Progress | undefined) => Promise<Change | undefined>,
): Promise<ExitCode> {
  const { config, terminal } = setting;
  const state = openState(config);
  try {
    const lease = await state.takeLease(name);
    if (lease.kind === 'busy') throw new JobBusyError(lease);
    const change = await plan(state, await state.progressOf(name));
    if (change === undefined || !(await confirmed(change.effect, yes, terminal))) return EXIT.success;
    lease.lost.throwIfAborted();
    await state.setProgress(name, change.progress);
    await terminal.print(`${name}: ${change.done}\n`);
    return EXIT.success;
  } finally {
    // Releases the lease, too.
    await state.close();
  }
}
