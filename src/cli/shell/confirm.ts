import { createInterface } from 'node:readline';
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
  if (!terminal.isInteractive || process.stdin.isTTY !== true) {
    throw new UsageError('nothing was changed, because nobody can be asked here', 'Give --yes to do it.');
  }
  const isSure = /^y(es)?$/i.test(await answerTo('Do it? [y/N] '));
  if (!isSure) terminal.tell('nothing was changed\n');
  return isSure;
}

/** Empty when the question is not answered. */
async function answerTo(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve) => {
      lines.question(question, (answer) => {
        lines.removeAllListeners('close');
        resolve(answer.trim());
      });
      lines.once('close', () => {
        process.stderr.write('\n');
        resolve('');
      });
    });
  } finally {
    lines.close();
  }
}
