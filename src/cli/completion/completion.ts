import type { Command } from 'commander';
import { nearestName } from '../../config/nearest-name.ts';
import { UsageError } from '../shell/errors.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import type { Terminal } from '../shell/terminal.ts';
import { bashScript } from './bash.ts';
import { type Cases, casesOf } from './cases.ts';
import { factsOf } from './facts.ts';
import { fishScript } from './fish.ts';
import { zshScript } from './zsh.ts';

const SCRIPTS: Readonly<Record<string, (cases: Cases) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** `completion`: the script with which a shell completes commands, options, their values and names of jobs. */
export async function completion(shell: string, program: Command, terminal: Terminal): Promise<ExitCode> {
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script === undefined) {
    const nearest = nearestName(shell, Object.keys(SCRIPTS));
    const guess = nearest === undefined ? '' : `Did you mean ${nearest}? `;
    throw new UsageError(
      `there is no completion for ${JSON.stringify(shell)}`,
      `${guess}Name ${Object.keys(SCRIPTS)
        .join(', ')
        .replace(/, (\w+)$/, ' or $1')}.`,
    );
  }
  await terminal.print(script(casesOf(factsOf(program))));
  return EXIT.success;
}
