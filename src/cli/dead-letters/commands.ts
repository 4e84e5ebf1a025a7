import type { Command } from 'commander';
import { type Ended, example, settingOf } from '../shell/command-parts.ts';
import { FILES, LOG, takes } from '../shell/global-options.ts';

/** `dead-letters` and what can be done with them. */
export function addDeadLetterCommands(program: Command, ended: Ended): void {
  const letters = program
    .command('dead-letters')
    .description('rows and records that could not be delivered: list, show, replay or discard them')
    .addHelpText('after', example('pp-db-collector dead-letters list'));
  const add = (name: string, description: string, line: string, options = FILES) =>
    takes(letters.command(name), options)
      .argument('[job]', 'name of a job (default: all)')
      .argument('[id]', 'number of a dead letter, which may stand without its job')
      .description(description)
      .addHelpText('after', example(`pp-db-collector dead-letters ${line}`));
  add('list', 'list them, oldest first', 'list transactions-by-channel')
    .option('--json', 'print the list as JSON')
    .action(async (job, id, flags, command) => {
      const [{ listLetters }, setting] = await Promise.all([import('./show.ts'), settingOf(command)]);
      ended(await listLetters([job, id], flags, setting));
    });
  add('show', 'show the row or the record of each, why it is one and what to do', 'show 17')
    .option('--json', 'print them as JSON')
    .action(async (job, id, flags, command) => {
      const [{ showLetters }, setting] = await Promise.all([import('./show.ts'), settingOf(command)]);
      ended(await showLetters([job, id], flags, setting));
    });
  add(
    'replay',
    'send them again: a record as it is, a row as the job makes it a record now',
    'replay transactions-by-channel',
    [...FILES, ...LOG],
  )
    .option('--json', 'print what came of it as JSON')
    .action(async (job, id, _flags, command) => {
      const [{ replayLetters }, setting] = await Promise.all([import('./replay.ts'), settingOf(command)]);
      ended(await replayLetters([job, id], command.optsWithGlobals(), setting));
    });
  add('discard', 'forget them; they are lost then', 'discard transactions-by-channel 17')
    .option('--yes', 'do it without asking')
    .action(async (job, id, flags, command) => {
      const [{ discardLetters }, setting] = await Promise.all([import('./discard.ts'), settingOf(command)]);
      ended(await discardLetters([job, id], flags, setting));
    });
}
