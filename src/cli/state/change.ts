import { JobBusyError } from '../../collect/failures.ts';
import type { Job } from '../../config/config.ts';
import type { Progress } from '../../model/progress.ts';
import type { State } from '../../model/state.ts';
import { confirmed } from '../shell/confirm.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import { withState } from '../wiring.ts';

/** What a person changes in the state of a job. */
export interface Change {
  /** What comes of it, as lines. */
  readonly effect: string;
  /** What has been done, as a clause. */
  readonly done: string;
  /** Does it. @param lost aborted when somebody else may run the job: from there on nothing must be changed */
  apply(state: State, lost: AbortSignal): Promise<void>;
}

/** A change of where a job stands. */
export interface ProgressChange extends Omit<Change, 'apply'> {
  readonly progress: Progress;
  /** Whether records go to another data set from now on, which has none of what was collected. */
  readonly elsewhere?: boolean;
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
  plan: (job: Job, progress: Progress | undefined, state: State) => Promise<ProgressChange | undefined>,
): Promise<ExitCode> {
  const [job] = selectJobs([name], false, setting);
  if (job === undefined) return EXIT.configuration;
  return whileNobodyRuns(name, yes, setting, async (state) => {
    const change = await plan(job, await state.progressOf(name), state);
    if (change === undefined) return undefined;
    const { progress, elsewhere = false } = change;
    return { ...change, apply: () => state.setProgress(name, progress, { elsewhere }) };
  });
}

/** Makes any change to a job, in the same way, also to one that is configured no more. */
export function whileNobodyRuns(
  name: string,
  yes: boolean,
  setting: Setting,
  plan: (state: State) => Promise<Change | undefined>,
): Promise<ExitCode> {
  const { config, terminal } = setting;
  return withState(config, async (state) => {
    const lease = await state.takeLease(name);
    if (lease.kind === 'busy') throw new JobBusyError(lease);
    const change = await plan(state);
    if (change === undefined || !(await confirmed(change.effect, yes, terminal))) return EXIT.success;
    lease.lost.throwIfAborted();
    await change.apply(state, lease.lost);
    await terminal.show(`${name}: ${change.done}\n`);
    return EXIT.success;
  });
}
