/**
 * Measures every variant once in each round, each round beginning with another one, so that a machine that becomes
 * slower or faster does so for all of them. Returns the values of the rounds by variant; none of a variant that is
 * undefined, because it cannot be measured here.
 */
export async function interleaved<Name extends string, Value>(
  rounds: number,
  variants: Readonly<Record<Name, (() => Promise<Value>) | undefined>>,
): Promise<Readonly<Record<Name, readonly Value[]>>> {
  const names = Object.keys(variants) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as Value[]])) as Record<Name, Value[]>;
  for (let round = 0; round < rounds; round++)
    for (let index = 0; index < names.length; index++) {
      const name = names[(index + round) % names.length] as Name;
      const value = await variants[name]?.();
      if (value !== undefined) values[name].push(value);
    }
  return values;
}
