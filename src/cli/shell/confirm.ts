import { answerTo, canAsk } from './ask.ts';
import { UsageError } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/**
 * Tells what is about to happen and asks a person whether it shall. Throws UsageError when nobody can be asked.
 *
 * @param yes whether the command line has said so already
 */
export async function confirmed(effect: string, yes: boolean, terminal: Terminal): Promise<boolean> {
  terminal.tell(effect);
  if (yes) return true;
  if (!canAsk(terminal)) {
    throw new UsageError('nothing was changed, because nobody can be asked here', 'Give --yes to do it.');
  }
  const isSure = /^y(es)?$/i.test((await answerTo('Do it? [y/N] ')) ?? '');
  if (!isSure) terminal.tell('nothing was changed\n');
  return isSure;
}
