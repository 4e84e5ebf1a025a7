import type { Argument, Command, Option } from 'commander';

/** What may stand in a place of the command line. */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'jobs' | 'files' | 'folders' | 'anything' };

export interface OptionFacts {
  /** `--from`, `-h` */
  readonly flags: readonly string[];
  readonly description: string;
  /** What follows the option; undefined: nothing. */
  readonly values: Values | undefined;
}

/** One command as completion needs it. */
export interface CommandFacts {
  /** Its names from the program down: '' for the program itself, `run`, `state show`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly OptionFacts[];
  readonly places: readonly { readonly values: Values; readonly isRepeated: boolean }[];
}

/** All commands that help shows, the program first. Nothing here is known but what commander knows. */
export function factsOf(program: Command): readonly CommandFacts[] {
  const names = program
    .createHelp()
    .visibleCommands(program)
    .map((command) => command.name());
  const describe = (command: Command, path: readonly string[]): CommandFacts[] => {
    const help = command.createHelp();
    const below = help.visibleCommands(command);
    const own = {
      path: path.join(' '),
      commands: below.map((each) => ({ name: each.name(), description: each.description() })),
      options: [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)].map(optionFacts),
      places: command.registeredArguments.map((argument) => ({
        values: valuesOf(argument.name(), argument, names),
        isRepeated: argument.variadic,
      })),
    };
    return [own, ...below.flatMap((each) => describe(each, [...path, each.name()]))];
  };
  return describe(program, []);
}

function optionFacts(option: Option): OptionFacts {
  const [, placeholder] = /[<[]([\w-]+)/.exec(option.flags) ?? [];
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined),
    description: option.description,
    values: placeholder === undefined ? undefined : valuesOf(placeholder, option, []),
  };
}

/** By the choices that are declared, else by what the place is called in help. */
function valuesOf(
  placeholder: string,
  { argChoices }: Pick<Argument | Option, 'argChoices'>,
  commands: readonly string[],
): Values {
  if (argChoices !== undefined) return { kind: 'words', words: argChoices };
  if (placeholder === 'job') return { kind: 'jobs' };
  if (placeholder === 'file') return { kind: 'files' };
  if (placeholder === 'dir') return { kind: 'folders' };
  if (placeholder === 'command') return { kind: 'words', words: commands };
  return { kind: 'anything' };
}
