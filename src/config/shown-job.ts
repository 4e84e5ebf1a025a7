import type { WithMode } from '../model/mode.ts';
import type { FilledJobFile } from './filled-in.ts';
import type { KeyPath } from './finding.ts';
import { Secret } from './secret.ts';
import { type Tree, treeAt } from './yaml/tree.ts';

/** A value as pages show it: anything in it may be a `${NAME}` instead. */
export type Shown<Value> = Value extends string
  ? string
  : Value extends number | boolean
    ? Value | string
    : Value extends object
      ? { [Key in keyof Value]: Shown<Value[Key]> }
      : Value;

/** A job file with `${NAME}` in the place of what came from outside: a page is not where that is to be read. */
export type ShownFile = Shown<Omit<FilledJobFile, 'data_set' | 'tests'>> & {
  readonly data_set: Shown<Omit<FilledJobFile['data_set'], 'token'>>;
};

/** The same with the mode that it has. */
export type ShownJob = WithMode<ShownFile>;

/**
 * Undefined when nothing but secrets came from outside.
 *
 * @param tree what the file was read from
 * @param zone what config.yaml says instead of the zone of jobs that set none, where that came from outside
 */
export function shownJob(file: FilledJobFile, tree: Tree, zone: string | undefined): ShownFile | undefined {
  const { tests, data_set, ...rest } = file;
  const { token, ...dataSet } = data_set;
  const withoutToken = { ...rest, data_set: dataSet };
  const values = shownValue(withoutToken, tree, []) as ShownFile;
  const shown = zone === undefined || file.timezone !== undefined ? values : { ...values, timezone: zone };
  return JSON.stringify(shown) === JSON.stringify(withoutToken) ? undefined : shown;
}

function shownValue(value: unknown, tree: Tree, path: readonly string[]): unknown {
  if (value instanceof Secret) return value;
  if (Array.isArray(value)) return value.map((item, index) => shownValue(item, tree, [...path, `${index}`]));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [key, shownValue(item, tree, [...path, key])]));
  }
  return shownAt(tree, path) ?? value;
}

/** The text at a place with the names of what came from outside in it; undefined when nothing did. */
export function shownAt(tree: Tree, path: KeyPath): string | undefined {
  const written = treeAt(tree, path);
  const outside = written?.kind === 'scalar' ? written.outside : undefined;
  return outside === undefined || outside.from.length === 0 ? undefined : outside.shown;
}
