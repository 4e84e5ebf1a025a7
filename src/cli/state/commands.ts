import type { Command } from 'commander';
import { type Ended, example, settingOf } from '../shell/command-parts.ts';
import { FILES, takes } from '../shell/global-options.ts';

const YES = ['--yes', 'do it without asking'] as const;

/** `state` and what can be done with it. */
export function addStateCommands(program: Command, ended: Ended): void {
  const state = program
    .command('state')
    .description('what is remembered of jobs: show it, or change where a job stands')
    .addHelpText('after', example('pp-db-collector state show'));
  takes(state.command('show'), FILES)
    .argument('[job]', 'name of a job (default: all)')
    .description('show where jobs stand, what waits to be delivered and who runs them')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('pp-db-collector state show transactions-by-channel'))
    .action(async (job, flags, command) => {
      const [{ showState }, setting] = await Promise.all([import('./show.ts'), settingOf(command)]);
      ended(await showState(job, flags, setting));
    });
  takes(state.command('set'), FILES)
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
  takes(state.command('reset'), FILES)
    .argument('<job>', 'name of a job')
    .description('forget where a job stands, as if it had never run; asks first')
    .option(...YES)
    .addHelpText('after', example('pp-db-collector state reset transactions-by-channel'))
    .action(async (job, flags, command) => {
      const [{ resetState }, setting] = await Promise.all([import('./reset.ts'), settingOf(command)]);
      ended(await resetState(job, flags, setting));
    });
  takes(state.command('discard'), FILES)
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
  takes(state.command('copy'), FILES)
    .requiredOption(
      '--to <place>',
      'a file, or a URL as state.url takes it; ${NAME} and ${file:PATH} are filled in',
    )
    .description('copy everything that is remembered to another file or database, while no job runs')
    .option('--replace', 'forget what is there; asks first')
    .option(...YES)
    .addHelpText('after', example("pp-db-collector state copy --to '${STATE_DATABASE_URL}'"))
    .action(async (flags, command) => {
      const [{ copyState }, setting] = await Promise.all([import('./copy.ts'), settingOf(command)]);
      ended(await copyState(flags, setting));
    });
  takes(state.command('accept'), FILES)
    .argument('<job>', 'name of a job')
    .description('let a job go on although what determines the ids of its records has changed; asks first')
    .option(...YES)
    .addHelpText('after', example('pp-db-collector state accept transactions-by-channel'))
    .action(async (job, flags, command) => {
      const [{ acceptState }, setting] = await Promise.all([import('./accept.ts'), settingOf(command)]);
      ended(await acceptState(job, flags, setting));
    });
}
