import type { Job } from '../../config/config.ts';
import type { Progress } from '../../model/progress.ts';
import { UsageError } from '../shell/errors.ts';
import type { ExitCode } from '../shell/exit-codes.ts';
import type { Setting } from '../shell/setting.ts';
import { instantOf } from '../shell/span.ts';
import { localTimeText } from '../shell/text.ts';
import { changeProgress, type ProgressChange } from './change.ts';
import { plannedCursor } from './cursor.ts';
import { keptText, told, windowEffect } from './effects.ts';

export interface SetFlags {
  readonly collectedTo?: string;
  readonly cursor?: readonly string[];
  readonly yes?: boolean;
}

/** `state set`: makes a job stand somewhere else. */
export function setState(name: string, flags: SetFlags, setting: Setting): Promise<ExitCode> {
  return changeProgress(name, flags.yes === true, setting, async (job, before, state) => {
    refuseWrongFlags(job, flags);
    const change =
      job.cursor === undefined
        ? plannedCollectedTo(job, flags.collectedTo ?? '', before)
        : await plannedCursor(job, flags.cursor ?? [], before, setting);
    return { ...change, effect: change.effect + (await keptText(job.name, state)) };
  });
}

function refuseWrongFlags(job: Job, { collectedTo, cursor }: SetFlags): void {
  const [wanted, remedy] =
    job.cursor === undefined
      ? (['--collected-to', '--collected-to 2015-01-01'] as const)
      : ([
          '--cursor',
          `--cursor ${job.cursor.columns.map((column) => column.toUpperCase()).join(' ')}`,
        ] as const);
  const given = [
    ...(collectedTo === undefined ? [] : ['--collected-to']),
    ...(cursor === undefined ? [] : ['--cursor']),
  ];
  if (given.length === 1 && given[0] === wanted) return;
  const mode = job.cursor === undefined ? 'a time' : 'a row';
  throw new UsageError(
    `${job.name} stands at ${mode}: expected ${wanted}`,
    `Give ${remedy}, and nothing else.`,
  );
}

function plannedCollectedTo(job: Job, text: string, before: Progress | undefined): ProgressChange {
  const collectedTo = instantOf(text, '--collected-to', job.timezone);
  const effect =
    job.window === undefined
      ? told(['runs go on as before: each collects how things stand then, whatever the position says'])
      : windowEffect(job, Date.now(), before, collectedTo);
  const done = `collected up to ${localTimeText(collectedTo, job.timezone)} (${job.timezone})`;
  return { progress: { ...before, collectedTo }, effect, done };
}
