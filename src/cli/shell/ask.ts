import { createInterface } from 'node:readline';
import type { Terminal } from './terminal.ts';

/** Whether a person sits there: sees what is asked, and can answer. */
export const canAsk = ({ isInteractive }: Terminal): boolean => isInteractive && process.stdin.isTTY === true;

/** Undefined when the question is not answered: its input has ended, or Ctrl-C was typed. */
export async function answerTo(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve) => {
      lines.question(question, (answer) => {
        lines.removeAllListeners('close');
        resolve(answer.trim());
      });
      lines.once('close', () => {
        process.stderr.write('\n');
        resolve(undefined);
      });
    });
  } finally {
    lines.close();
  }
}
