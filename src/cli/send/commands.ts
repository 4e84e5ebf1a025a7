import { type Command, InvalidArgumentError } from 'commander';
import { type Ended, example, MOST, positive, settingOf, terminalOf } from '../shell/command-parts.ts';
import { FILES, LOG, refuse, takes } from '../shell/global-options.ts';

/** `send` and `empty`: what one does to a data set without a job. */
export function addSendCommands(program: Command, ended: Ended): void {
  takes(program.command('send'), FILES)
    .argument('[file]', 'file with JSON (default, and -: standard input)')
    .description('post JSON to a data set as it is, with the flags and exit codes of backdrop-send')
    .option('--url <url>', 'address of the data set')
    .option('--token <token>', 'bearer token of the data set')
    .option('--data-set <group/type>', 'take address and token from the configuration instead')
    .option('--timeout <seconds>', 'time for one attempt', seconds, 5)
    .option('--attempts <number>', 'how often to try', positive(MOST.attempts), 3)
    .option('--failfast', 'try once only')
    .option('--sleep <seconds>', 'time between two attempts', secondsOrNone, 3)
    .addHelpText('after', EXIT_CODES + example(SEND))
    .action(async (file, flags, command) => {
      if (flags.dataSet === undefined) {
        for (const option of FILES) refuse(command, option, 'send without --data-set', TAKEN_FROM);
      }
      const [{ send }, { sendTargetOf }] = await Promise.all([import('./send.ts'), import('./target.ts')]);
      const terminal = terminalOf(command);
      const target = await sendTargetOf(flags, () => settingOf(command), terminal);
      ended(await send(file, flags, target, terminal));
    });
  takes(program.command('empty'), [...FILES, ...LOG])
    .argument('<job>', 'name of a job, or GROUP/TYPE of a data set that a job writes to')
    .description('remove all records of a data set; tells what comes of it and asks first')
    .option('--yes', 'do it without asking')
    .addHelpText('after', example('pp-db-collector empty carers-allowance/transactions-by-channel'))
    .action(async (name, flags, command) => {
      const [{ empty }, setting] = await Promise.all([import('./empty.ts'), settingOf(command)]);
      ended(await empty(name, flags, setting));
    });
}

const EXIT_CODES = `
Exit codes: 0 sent, 2 wrong usage, 4 unauthorised, 8 another HTTP status, 16 connection error, 32 timeout
`;
const TAKEN_FROM = 'Leave it out, or name a data set of the configuration with --data-set GROUP/TYPE.';
const SEND =
  'pp-db-collector send --url https://write.example/data/carers-allowance/volumes --token "$TOKEN" records.json';

function secondsOrNone(text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!(number >= 0 && number <= MOST.seconds))
    throw new InvalidArgumentError(`expected a number of seconds, at most ${MOST.seconds}`);
  return number;
}

function seconds(text: string): number {
  const number = secondsOrNone(text);
  if (number === 0) throw new InvalidArgumentError('expected a number of seconds above 0');
  return number;
}
