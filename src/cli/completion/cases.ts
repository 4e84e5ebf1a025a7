import type { CommandFacts, OptionFacts, Values } from './facts.ts';

/** A case of a shell's `case` or `switch`: the texts that fall into it, and what belongs to them. */
export interface Case<T> {
  readonly texts: readonly string[];
  readonly value: T;
}

/**
 * What the scripts of all shells look up. A place is a command's path, a blank, and a word, an option or a number; a star in it
 * stands for any text.
 */
export interface Cases {
  /** Places of words that lead to a command: ` run`, `state show`. */
  readonly commands: readonly string[];
  /** Places of options that take a value: `run --from`. */
  readonly valued: readonly string[];
  /** What follows an option, by place. */
  readonly optionValues: readonly Case<Values>[];
  /** What stands in the n-th place after a command, by path and n from 0. */
  readonly placeValues: readonly Case<Values>[];
  /** The commands below a command, by path. */
  readonly subcommands: readonly Case<CommandFacts['commands']>[];
  /** The options of a command, by path. */
  readonly options: readonly Case<readonly OptionFacts[]>[];
}

/** What each word before the cursor is taken for, in the order of trying, and what the shell does about it. */
export function stepsOf(
  { commands, valued }: Cases,
  act: { readonly option: string; readonly command: string; readonly place: string },
): Case<string>[] {
  return [
    { texts: valued, value: act.option },
    { texts: commands, value: act.command },
    { texts: ['* -*'], value: '' },
    { texts: ['*'], value: act.place },
  ];
}

export function casesOf(facts: readonly CommandFacts[]): Cases {
  const everywhere = new Set(facts.find(({ path }) => path === '')?.options.flatMap(({ flags }) => flags));
  const options = facts.flatMap(({ path, options }) =>
    options.flatMap(({ flags, values }) =>
      values === undefined
        ? []
        : flags.map((flag) => ({ text: `${everywhere.has(flag) ? '*' : path} ${flag}`, value: values })),
    ),
  );
  const places = facts.flatMap(({ path, places }) =>
    places.map(({ values, isRepeated }, index) => ({
      text: `${path} ${isRepeated ? '*' : index}`,
      value: values,
    })),
  );
  const parents = facts.filter(({ commands }) => commands.length > 0);
  return {
    commands: parents.flatMap(({ path, commands }) => commands.map(({ name }) => `${path} ${name}`)),
    valued: [...new Set(options.map(({ text }) => text))],
    optionValues: grouped(options).filter(({ value }) => value.kind !== 'anything'),
    placeValues: grouped(places).filter(({ value }) => value.kind !== 'anything'),
    subcommands: grouped(parents.map(({ path, commands }) => ({ text: path, value: commands }))),
    options: grouped(facts.map(({ path, options }) => ({ text: path, value: options }))),
  };
}

function grouped<T>(entries: readonly { readonly text: string; readonly value: T }[]): Case<T>[] {
  const groups = Map.groupBy(entries, ({ value }) => JSON.stringify(value));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined
      ? []
      : [{ texts: [...new Set(group.map(({ text }) => text))], value: first.value }];
  });
}
