import { type ConfigurationFile, referencesOf } from '../config/configuration-files.ts';
import type { KeyPath } from '../config/finding.ts';
import type { Reference } from '../config/yaml/expand.ts';

/** An environment variable that files take a value from. */
export interface Variable {
  readonly name: string;
  /** Whether all who take it have something that stands for it where it is not set. */
  readonly isOptional: boolean;
}

/** Those of some references, each once, sorted by name. */
export function variablesIn(references: readonly Reference[]): readonly Variable[] {
  const variables = references.flatMap((each) => (each.kind === 'variable' ? each : []));
  return Array.from(
    Map.groupBy(variables, ({ name }) => name),
    ([name, all]) => ({ name, isOptional: all.every(({ isOptional }) => isOptional) }),
  ).toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** Those of all files. */
export const variablesOf = (files: readonly ConfigurationFile[]): readonly Variable[] =>
  variablesIn(files.flatMap(({ tree }) => (tree === undefined ? [] : referencesOf(tree))));

/** Whether a way leads to one of some places, or below it. */
export const leadsTo = (places: readonly KeyPath[], path: KeyPath): boolean =>
  places.some((place) => place.every((step, index) => path[index] === step));
