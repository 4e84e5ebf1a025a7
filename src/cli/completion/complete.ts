import { dirname, resolve } from 'node:path';
import type { Argument, Command, Option } from 'commander';
import { findJobFiles } from '../../config/job-files.ts';
import { parseFile } from '../../config/yaml/parse-file.ts';
import { textAt } from '../../config/yaml/tree.ts';
import { isNameOfFile, nameOfFile } from '../../config/yaml-files.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import { surroundingsOf } from '../shell/load-files.ts';
import type { Terminal } from '../shell/terminal.ts';

/** One text that may stand at the cursor. */
interface Offer {
  readonly text: string;
  readonly description?: string;
}

/** What may stand at the cursor. The names of files and folders are left to the shell. */
type Offers =
  | { readonly kind: 'texts'; readonly offers: readonly Offer[] }
  | { readonly kind: 'files' | 'folders' }
  | {
      readonly kind: 'jobs';
      /** What stands before the name in the same word: `--job=`, or nothing. */
      readonly prefix: string;
      /** The configuration that the line names. */
      readonly config: string | undefined;
    };

/**
 * What may stand in the place of the last word of a command line. Nothing is known here but what commander knows.
 *
 * @param words without the name of the program; `--name=value` is one of them, or three as bash divides it
 */
function offersFor(words: readonly string[], program: Command): Offers {
  const last = words.at(-1) ?? '';
  const current = last === '=' ? '' : last;
  const { command, parent, option, place, config } = readLine(words.slice(0, -1), program);
  if (option !== undefined) return valuesOf(option, { prefix: '', config, commands: [] });
  const [prefix = '', flag] = /^(--[^=]+)=/.exec(current) ?? [];
  const assigned = flag === undefined ? undefined : optionOf(command, flag);
  if (assigned !== undefined) return valuesOf(assigned, { prefix, config, commands: [] });
  if (current.startsWith('-')) return texts(optionsOf(command).flatMap(flagsOf));
  const below = commandsBelow(command);
  if (below.length > 0) return texts(below.map(named));
  const places = command.registeredArguments;
  const argument = places[place] ?? places.findLast(({ variadic }) => variadic);
  if (argument === undefined) return texts([]);
  return valuesOf(argument, { prefix: '', config, commands: commandsBelow(parent) });
}

interface ReadLine {
  readonly command: Command;
  readonly parent: Command;
  /** The option that waits for its value. */
  readonly option: Option | undefined;
  /** How many arguments of the command there are already. */
  readonly place: number;
  readonly config: string | undefined;
}

/** What the words before the cursor say. */
function readLine(words: readonly string[], program: Command): ReadLine {
  let [command, parent, place] = [program, program, 0];
  let [option, config]: [Option | undefined, string | undefined] = [undefined, undefined];
  for (const word of words.filter((each) => each !== '=')) {
    const [flag = '', value] = word.split(/=(.*)/s);
    const below = commandsBelow(command).find((each) => each.name() === word);
    if (option !== undefined) {
      if (option.long === '--config') config = word;
      option = undefined;
    } else if (flag.startsWith('-')) {
      const namedOption = optionOf(command, flag);
      if (namedOption?.long === '--config') config = value ?? config;
      if (value === undefined && namedOption !== undefined && placeholderOf(namedOption) !== undefined)
        option = namedOption;
    } else if (below !== undefined) [parent, command] = [command, below];
    else place += 1;
  }
  return { command, parent, option, place, config };
}

const commandsBelow = (command: Command): readonly Command[] => command.createHelp().visibleCommands(command);

function optionsOf(command: Command): readonly Option[] {
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

const optionOf = (command: Command, flag: string): Option | undefined =>
  optionsOf(command).find(({ short, long }) => flag === short || flag === long);

const texts = (offers: readonly Offer[]): Offers => ({ kind: 'texts', offers });

const named = (command: Command): Offer => ({ text: command.name(), description: command.description() });

const flagsOf = ({ short, long, description }: Option): Offer[] =>
  [short, long].flatMap((text) => (text === undefined ? [] : [{ text, description }]));

/** What help calls the value of an option: `level` in `--log-level <level>`. */
const placeholderOf = ({ flags }: Option): string | undefined => /[<[]([\w-]+)/.exec(flags)?.[1];

interface Surroundings {
  readonly prefix: string;
  readonly config: string | undefined;
  /** What `help` can be asked about. */
  readonly commands: readonly Command[];
}

/** By the choices that are declared, else by what the place is called in help. */
function valuesOf(place: Argument | Option, { prefix, config, commands }: Surroundings): Offers {
  if (place.argChoices !== undefined)
    return texts(place.argChoices.map((choice) => ({ text: prefix + choice })));
  switch ('flags' in place ? placeholderOf(place) : place.name()) {
    case 'job':
      return { kind: 'jobs', prefix, config };
    case 'file':
      return { kind: 'files' };
    case 'dir':
      return { kind: 'folders' };
    case 'command':
      return texts(commands.map(named));
    default:
      return texts([]);
  }
}

/**
 * `__complete`, which the scripts of the shells call: one offer a line, its description behind a tab; or `:files`,
 * `:folders` for what the shell itself completes. Silent about everything that is wrong: somebody is in the middle of
 * typing.
 *
 * @param configFile where the line names none
 */
export async function complete(
  words: readonly string[],
  program: Command,
  configFile: string | undefined,
  terminal: Terminal,
): Promise<ExitCode> {
  const lines = linesOf(offersFor(words, program), configFile, terminal);
  await terminal.print(lines.map((line) => `${line}\n`).join(''));
  return EXIT.success;
}

function linesOf(offers: Offers, configFile: string | undefined, terminal: Terminal): readonly string[] {
  switch (offers.kind) {
    case 'texts':
      return offers.offers.map(({ text, description }) =>
        description === undefined ? text : `${text}\t${description}`,
      );
    case 'jobs':
      return jobNames(offers.config ?? configFile ?? 'config.yaml', terminal).map(
        (name) => offers.prefix + name,
      );
    default:
      return [`:${offers.kind}`];
  }
}

/** Of the whole schema, which takes long to load, no more is needed. */
const ONLY_COLLECTORS = { name: 'a config.yaml', keys: ['collectors'] };

/** From the names of the files, without reading them. */
function jobNames(configFile: string, terminal: Terminal): readonly string[] {
  const { directory } = terminal;
  const path = resolve(directory, configFile);
  const {
    terminal: { environment },
  } = surroundingsOf(configFile, {}, terminal);
  const { tree } = parseFile(path, ONLY_COLLECTORS, { environment, currentDirectory: directory });
  const folder = tree === undefined ? undefined : textAt(tree, 'collectors')?.value;
  try {
    const { files } = findJobFiles(resolve(dirname(path), folder ?? 'collectors'));
    return [...new Set(files.map(nameOfFile))].filter(isNameOfFile).sort();
  } catch {
    return [];
  }
}
