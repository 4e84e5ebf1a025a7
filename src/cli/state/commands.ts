import type { Command } from 'commander';
import { type Ended, example, settingOf } from '../shell/command-parts.ts';

const YES = ['--yes', 'do it without asking'] as const;

/** `dead-letters` and what can be done with them. */
export function addDeadLetterCommands(program: Command, ended: Ended): void {
  const letters = program
    .command('dead-letters')
    .description('rows and records that could not be delivered: list, show, replay or discard them')
    .addHelpText('after', example('pp-db-collector dead-letters list'));
  const add = (name: string, description: string, line: string) =>
    letters
      .command(name)
      .argument('[job]', 'name of a job (default: all)')
      .argument('[id]', 'number of a dead letter, which may stand without its job')
      .description(description)
      .addHelpText('after', example(`pp-db-collector dead-letters ${line}`));
  add('list', 'list them, oldest first', 'list transactions-by-channel')
    .option('--json', 'print the list as JSON')
    .action(async (job, id, flags, command) => {
      const [{ listLetters }, setting] = await Promise.all([
        import('../dead-letters/commands.ts'),
        settingOf(command),
      ]);
      ended(await listLetters([job, id], flags, setting));
    });
  add('show', 'show the row or the record of each, why it is one and what to do', 'show 17')
    .option('--json', 'print them as JSON')
    .action(async (job, id, flags, command) => {
      const [{ showLetters }, setting] = await Promise.all([
        import('../dead-letters/commands.ts'),
        settingOf(command),
      ]);
      ended(await showLetters([job, id], flags, setting));
    });
  add(
    'replay',
    'send them again: a record as it is, a row as the job makes it a record now',
    'replay transactions-by-channel',
  )
    .option('--json', 'print what came of it as JSON')
    .action(async (job, id, flags, command) => {
      const [{ replayLetters }, setting] = await Promise.all([
        import('../dead-letters/replay.ts'),
        settingOf(command),
      ]);
      ended(await replayLetters([job, id], flags, setting));
    });
  add('discard', 'forget them; they are lost then', 'discard transactions-by-channel 17')
    .option(...YES)
    .action(async (job, id, flags, command) => {
      const [{ discardLetters }, setting] = await Promise.all([
        import('../dead-letters/discard.ts'),
        settingOf(command),
      ]);
      ended(await discardLetters([job, id], flags, setting));
    });
}

/** `state` and what can be done with it. */
export function addStateCommands(program: Command, ended: Ended): void {
  const state = program
    .command('state')
    .description('what is remembered of jobs: show it, or change where a job stands')
    .addHelpText('after', example('pp-db-collector state show'));
  state
    .command('show')
    .argument('[job]', 'name of a job (default: all)')
    .description('show where jobs stand, what waits to be delivered and who runs them')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('pp-db-collector state show transactions-by-channel'))
    .action(async (job, flags, command) => {
      const [{ showState }, setting] = await Promise.all([import('./show.ts'), settingOf(command)]);
      ended(await showState(job, flags, setting));
    });
  state
    .command('set')
    .argument('<job>', 'name of a job')
    .description('make a job stand somewhere else; tells what comes of it and asks first')
    .option(
      '--collected-to <date>',
      'window and snapshot jobs: everything before this date or instant is done',
    )
    .option('--cursor <value...>', 'cursor jobs: the row after which to go on, one value per cursor column')
    .option(...YES)
    .addHelpText(
      'after',
      example('pp-db-collector state set transactions-by-channel --collected-to 2015-01-01'),
    )
    .action(async (job, flags, command) => {
      const [{ setState }, setting] = await Promise.all([import('./set.ts'), settingOf(command)]);
      ended(await setState(job, flags, setting));
    });
  state
    .command('reset')
    .argument('<job>', 'name of a job')
    .description('forget where a job stands, as if it had never run; asks first')
    .option(...YES)
    .addHelpText('after', example('pp-db-collector state reset transactions-by-channel'))
    .action(async (job, flags, command) => {
      const [{ resetState }, setting] = await Promise.all([import('./reset.ts'), settingOf(command)]);
      ended(await resetState(job, flags, setting));
    });
  state
    .command('discard')
    .argument('<job>', 'name of a job')
    .argument(
      '[snapshot]',
      'number of a snapshot that waits, as state show tells it (default: all of the job)',
    )
    .description('forget snapshots that wait to be delivered, such as one that is refused; asks first')
    .option(...YES)
    .addHelpText('after', example('pp-db-collector state discard applications-waiting 3'))
    .action(async (job, snapshot, flags, command) => {
      const [{ discardPending }, setting] = await Promise.all([import('./discard.ts'), settingOf(command)]);
      ended(await discardPending(job, snapshot, flags, setting));
    });
  state
    .command('accept')
    .argument('<job>', 'name of a job')
    .description('let a job go on although what determines the ids of its records has changed; asks first')
    .option(...YES)
    .addHelpText('after', example('pp-db-collector state accept transactions-by-channel'))
    .action(async (job, flags, command) => {
      const [{ acceptState }, setting] = await Promise.all([import('./accept.ts'), settingOf(command)]);
      ended(await acceptState(job, flags, setting));
    });
}
