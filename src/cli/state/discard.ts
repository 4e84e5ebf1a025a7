import { JobBusyError } from '../../collect/failures.ts';
import type { PendingSnapshot } from '../../model/pending.ts';
import { confirmed } from '../shell/confirm.ts';
import { UsageError } from '../shell/errors.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import { countText, minuteText } from '../shell/text.ts';
import { openState } from '../wiring.ts';
import { told } from './effects.ts';

/** `state discard`: forgets snapshots that wait to be delivered, all of a job or one; also of a job that is configured no more. */
export async function discardPending(
  name: string,
  number: string | undefined,
  flags: { readonly yes?: boolean },
  setting: Setting,
): Promise<ExitCode> {
  const { config, terminal } = setting;
  const state = openState(config);
  try {
    const lease = await state.takeLease(name);
    if (lease.kind === 'busy') throw new JobBusyError(lease);
    const pending = await state.pendingOf(name);
    if (pending.length === 0) {
      selectJobs([name], false, setting);
      terminal.tell(`${name}: nothing waits to be delivered\n`);
      return EXIT.success;
    }
    const chosen = number === undefined ? pending : [chosenOf(pending, number, name)];
    if (!(await confirmed(effectOf(chosen), flags.yes === true, terminal))) return EXIT.success;
    for (const { id } of chosen) {
      lease.lost.throwIfAborted();
      await state.discardPending(id);
    }
    await terminal.print(`${name}: ${countText(chosen.length, 'snapshot')} discarded\n`);
    return EXIT.success;
  } finally {
    // Releases the lease, too.
    await state.close();
  }
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

function effectOf(chosen: readonly PendingSnapshot[]): string {
  const records = chosen.reduce((sum, each) => sum + each.records, 0);
  const isUnfinished = chosen.some(({ mustEmpty }) => mustEmpty);
  return told([
    ...chosen.map(pendingLine),
    `${countText(records, 'record')} of ${countText(chosen.length, 'snapshot')} will never be delivered: what was not sent of a past time cannot be collected again`,
    ...(isUnfinished ? ['the data set is not emptied for them, and stays as it is until the next run'] : []),
  ]);
}

/** `snapshot 3, taken 2014-06-10 05:30 UTC: 10 records, refused: …` */
export function pendingLine({ id, takenAt, records, failure }: PendingSnapshot): string {
  const refused = failure === undefined ? '' : `, refused: ${failure}`;
  return `snapshot ${id}, taken ${minuteText(takenAt)} UTC: ${countText(records, 'record')}${refused}`;
}
