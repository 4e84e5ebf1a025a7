import type { Progress } from '../../model/progress.ts';
import type { State } from '../../model/state.ts';
import type { ExitCode } from '../shell/exit-codes.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import { type Change, whileNobodyRuns } from './change.ts';
import { asLines, keptText, resetEffect } from './effects.ts';

/** `state reset`: forgets where a job stands, as if it had never run; also one that is not configured any more. */
export function resetState(
  name: string,
  flags: { readonly yes?: boolean },
  setting: Setting,
): Promise<ExitCode> {
  return whileNobodyRuns(name, flags.yes === true, setting, async (state) => {
    const progress = await state.progressOf(name);
    if (progress !== undefined) return await plannedReset(name, state, progress, setting);
    selectJobs([name], false, setting);
    setting.terminal.tell(`${name}: nothing to reset, it stands nowhere\n`);
    return undefined;
  });
}

async function plannedReset(
  name: string,
  state: State,
  progress: Progress,
  { config }: Setting,
): Promise<Change> {
  const job = config.jobs.find((each) => each.name === name);
  const forgotten = asLines([
    'forgotten: the position, what determined the ids, which periods are collected, and interrupted spans',
  ]);
  const next =
    job === undefined ? '' : resetEffect(job, { now: Date.now(), clock: config.schedule.timezone }, progress);
  return {
    effect: forgotten + next + (await keptText(name, state)),
    done: 'stands as if it had never run',
    apply: () => state.setProgress(name, undefined),
  };
}
