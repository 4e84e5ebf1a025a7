import { counted, grouped } from '../../words/counts.ts';
import { confirmed } from '../shell/confirm.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import type { Setting } from '../shell/setting.ts';
import { withState } from '../wiring.ts';
import { selectLetters } from './select.ts';
import { letterTable } from './show.ts';

/** Of more dead letters than these the number is told only. */
const MOST_SHOWN = 10;

/** `dead-letters discard`: forgets rows and records that are not meant to be delivered any more. */
export async function discardLetters(
  names: readonly (string | undefined)[],
  flags: { readonly yes?: boolean },
  setting: Setting,
): Promise<ExitCode> {
  const { config, terminal } = setting;
  return withState(config, async (state) => {
    const { letters } = await selectLetters(names, state, setting);
    if (letters.length === 0) {
      terminal.tell('there are no dead letters\n');
      return EXIT.success;
    }
    const firstLetters = letterTable(letters.slice(0, MOST_SHOWN), config, terminal);
    const more = letters.length > MOST_SHOWN ? `and ${grouped(letters.length - MOST_SHOWN)} more\n` : '';
    const effect = `${firstLetters}${more}${counted(letters.length, 'dead letter')} will be lost: neither sent nor shown again\n`;
    if (!(await confirmed(effect, flags.yes === true, terminal))) return EXIT.success;
    const discarded = await state.discardDeadLetters(letters.map(({ id }) => id));
    await terminal.print(`${counted(discarded, 'dead letter')} discarded\n`);
    return EXIT.success;
  });
}
