import { type Command, Help, Option } from 'commander';
import { UsageError } from './exit-codes.ts';

/** The options that may stand with every command, though not each command has a use for each of them. */

export type GlobalOption = 'config' | 'environmentFile' | 'logLevel' | 'logFormat';

/** What a command takes that reads the configuration, and one that also writes a log. */
export const FILES: readonly GlobalOption[] = ['config', 'environmentFile'];
export const LOG: readonly GlobalOption[] = ['logLevel', 'logFormat'];

interface Taken {
  readonly options: readonly GlobalOption[];
  /** What to do about one of the others, where it is not only to be left out. */
  readonly remedies: Partial<Record<GlobalOption, string>>;
}

const taken = new WeakMap<Command, Taken>();

/** Says which of the options a command has a use for; one that does not say so has none. */
export function takes(
  command: Command,
  options: readonly GlobalOption[],
  remedies: Taken['remedies'] = {},
): Command {
  taken.set(command, { options, remedies });
  return command;
}

/** Adds the options, and refuses them where a command does not take them: none is passed over in silence. */
export function addGlobalOptions(program: Command): Command {
  return program
    .addOption(
      new Option('--config <file>', 'configuration file (default: ./config.yaml)').env(
        'PP_DB_COLLECTOR_CONFIG',
      ),
    )
    .addOption(
      new Option(
        '--env-file, --environment-file <file>',
        'file of environment variables (default: .env beside the configuration)',
      ),
    )
    .addOption(
      new Option('--log-level <level>', 'overrides log.level').choices([
        'trace',
        'debug',
        'info',
        'warn',
        'error',
      ]),
    )
    .addOption(
      new Option('--log-format <format>', 'overrides log.format').choices(['auto', 'json', 'pretty']),
    )
    .option('--no-color', 'no colours (as with NO_COLOR)')
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions(command) {
        const all = Help.prototype.visibleGlobalOptions.call(this, command);
        return all.filter((option) => isTaken(command, option));
      },
    })
    .hook('preAction', (_, command) => {
      const { remedies } = takenBy(command);
      for (const option of program.options.filter((each) => !isTaken(command, each))) {
        const name = option.attributeName() as GlobalOption;
        refuse(command, name, pathOf(command), remedies[name] ?? leaveOut(command));
      }
    });
}

/** Throws UsageError when the command line gives an option, which would be of no use there. @param where what does not take it */
export function refuse(command: Command, name: GlobalOption, where: string, remedy: string): void {
  if (command.getOptionValueSourceWithGlobals(name) !== 'cli') return;
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new UsageError(`${where} does not take ${flag}`, remedy);
}

const takenBy = (command: Command): Taken => taken.get(command) ?? { options: [], remedies: {} };

/** Help, the version and the lack of colours are for all, and what only groups commands has those of all. */
function isTaken(command: Command, option: Option): boolean {
  const name = option.attributeName();
  const isForAll = name === 'version' || name === 'color';
  return isForAll || command.commands.length > 0 || takenBy(command).options.some((each) => each === name);
}

const leaveOut = (command: Command): string =>
  `Leave it out; \`pp-db-collector ${pathOf(command)} --help\` says what there is.`;

/** `state show` */
const pathOf = (command: Command): string => {
  const { parent } = command;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
};
