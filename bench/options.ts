import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { Sizes } from './bench.ts';

/** What is asked for on the command line. */
export interface Wish {
  readonly sizes: Sizes;
  /** The suites that are measured; none for the growth. */
  readonly suites: readonly string[];
  /** Where the figures are written as JSON, too. */
  readonly json: string | undefined;
  /** An earlier JSON to compare with. */
  readonly compare: string | undefined;
  readonly growth: boolean;
  /** Whether the program is built before; it is not where `dist/` is of another time. */
  readonly build: boolean;
}

interface Given {
  readonly rows?: number;
  readonly rounds?: number;
  readonly records: number;
  readonly quick?: true;
  readonly json?: string;
  readonly compare?: string;
  readonly growth?: true;
  readonly build: boolean;
}

export interface Offer {
  readonly name: string;
  readonly about: string;
  readonly isQuick: boolean;
}

export const USUAL = { rows: 1_000_000, rounds: 5 } as const;
const QUICK = { rows: 100_000, rounds: 3 } as const;

/** The command line of the benchmark; a mistake ends the process with a message, as commander does. */
export function benchCommand(offers: readonly Offer[], act: (wish: Wish) => Promise<void> | void): Command {
  const names = offers.map(({ name }) => name);
  return new Command('npm run bench --')
    .description('Measures the built program beside what others would do, as ratios of one run')
    .addArgument(new Argument('[suites...]', 'what to measure; left out: everything').choices(names))
    .option('--rows <number>', `rows that are compared; ${USUAL.rows} if left out`, wholeNumber)
    .option('--rounds <number>', `rounds, each with all variants; ${USUAL.rounds} if left out`, wholeNumber)
    .option(
      '--records <number>',
      'records that the write API holds before random ids',
      wholeNumber,
      5_000_000,
    )
    .option('--quick', `the suites that take seconds, with ${QUICK.rows} rows and ${QUICK.rounds} rounds`)
    .option('--json <file>', 'write the figures to a file, too')
    .option('--compare <file>', 'say what became worse since an earlier file; ends with 1 if anything did')
    .addOption(
      new Option('--growth', 'measure how time and memory grow instead; --json is needed').conflicts([
        'compare',
        'quick',
      ]),
    )
    .option('--no-build', 'measure dist/ as it stands')
    .addHelpText('after', `\nSuites:\n${offers.map(offerText).join('')}`)
    .action(async (suites: string[], given: Given, command: Command) => {
      if (given.growth === true && given.json === undefined)
        command.error('error: --growth needs --json FILE');
      if (given.growth === true && suites.length > 0) command.error('error: --growth has no suites');
      await act(wishOf(suites, given, offers));
    });
}

function wishOf(suites: readonly string[], given: Given, offers: readonly Offer[]): Wish {
  const isQuick = given.quick === true;
  const usual = isQuick ? QUICK : USUAL;
  const offered = offers.filter((offer) => offer.isQuick || !isQuick).map(({ name }) => name);
  return {
    sizes: {
      rows: given.rows ?? usual.rows,
      rounds: given.rounds ?? usual.rounds,
      records: given.records,
      isQuick,
    },
    suites: suites.length > 0 ? suites : offered,
    json: given.json,
    compare: given.compare,
    growth: given.growth === true,
    build: given.build,
  };
}

const offerText = ({ name, about, isQuick }: Offer): string =>
  `  ${name.padEnd(14)} ${about}${isQuick ? ' (quick)' : ''}\n`;

function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return Number(text);
}
