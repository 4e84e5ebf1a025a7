import type { PendingSnapshot } from '../../model/pending.ts';
import { counted } from '../../words/counts.ts';
import { type ExitCode, UsageError } from '../shell/exit-codes.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import { whileNobodyRuns } from './change.ts';
import { asLines, pendingLine } from './effects.ts';

/**
 * `state discard`: forgets snapshots that wait to be delivered, one or all, also of a job that is configured no more.
 */
export function discardPending(
  name: string,
  number: string | undefined,
  flags: { readonly yes?: boolean },
  setting: Setting,
): Promise<ExitCode> {
  return whileNobodyRuns(name, flags.yes === true, setting, async (state) => {
    const pending = await state.pendingOf(name);
    if (pending.length === 0) {
      selectJobs([name], false, setting);
      setting.terminal.tell(`${name}: nothing waits to be delivered\n`);
      return undefined;
    }
    const chosen = number === undefined ? pending : [chosenOf(pending, number, name)];
    return {
      effect: effectOf(chosen, setting.config.schedule.timezone),
      done: `${counted(chosen.length, 'snapshot')} discarded`,
      async apply(_, lost) {
        for (const { id } of chosen) {
          lost.throwIfAborted();
          await state.discardPending(id);
        }
      },
    };
  });
}

function chosenOf(pending: readonly PendingSnapshot[], number: string, name: string): PendingSnapshot {
  const chosen = pending.find(({ id }) => String(id) === number);
  if (chosen !== undefined) return chosen;
  const numbers = pending.map(({ id }) => id).join(', ');
  throw new UsageError(
    `no snapshot ${JSON.stringify(number)} of ${name} waits to be delivered`,
    `Those that wait have the numbers ${numbers}; leave the number out for all of them.`,
  );
}

function effectOf(chosen: readonly PendingSnapshot[], clock: string): string {
  const records = chosen.reduce((sum, each) => sum + each.records, 0);
  const isUnfinished = chosen.some(({ mustEmpty }) => mustEmpty);
  return asLines([
    ...chosen.map((snapshot) => pendingLine(snapshot, clock)),

    `${counted(records, 'record')} of ${counted(chosen.length, 'snapshot')} will never be delivered: what was not ` +
      'sent of a past time cannot be collected again',
    ...(isUnfinished ? ['the data set is not emptied for them, and stays as it is until the next run'] : []),
  ]);
}
