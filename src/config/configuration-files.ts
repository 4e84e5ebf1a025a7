import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Config } from './config.ts';
import { type Finding, findingAt, type KeyPath, type Place } from './finding.ts';
import { DEFAULTS_FILES } from './job-files.ts';
import { certificateFiles } from './named-files.ts';
import { CONFIG_FILE } from './schema/config-schema.ts';
import { JOB_FILE } from './schema/job-schema.ts';
import { WRITE_API_FILE } from './schema/write-api-schema.ts';
import type { Reference } from './yaml/expand.ts';
import { parseFile, type ReadOptions } from './yaml/parse-file.ts';
import { isSecretPath, secretsIn } from './yaml/secret-keys.ts';
import { readSourceFile, UnreadableFile } from './yaml/source-file.ts';
import { type ScalarTree, type Tree, treeAt } from './yaml/tree.ts';

/** A file that belongs to a configuration, as it is written. */
export interface ConfigurationFile {
  /** Absolute. */
  readonly path: string;
  /** As messages show it. */
  readonly shown: string;
  readonly text: string;
  /** Undefined: it is not YAML, but a query, a certificate or a schema that YAML names. */
  readonly tree: Tree | undefined;
  /** Where a file of YAML names it; undefined: it is found by its place. */
  readonly namedAt?: { readonly place: Place; readonly path: KeyPath };
}

/** All files of a configuration that has been loaded, config.yaml first: those of jobs, their defaults, and what they name. */
export function configurationFiles(config: Config, options: ReadOptions): readonly ConfigurationFile[] {
  const absolute = (path: string) => resolve(options.currentDirectory, path);
  const main = yamlFile(absolute(config.file), CONFIG_FILE, options);
  const jobs = config.jobs.map(({ file }) => absolute(file));
  const folders = new Set(jobs.flatMap((path) => foldersBetween(config.collectors, dirname(path))));
  const defaults = [...folders].flatMap((folder) => DEFAULTS_FILES.map((name) => join(folder, name)));
  const ofJobs = [...defaults, ...jobs].flatMap((path) => yamlFile(path, JOB_FILE, options, ['query']));
  const queries = ofJobs.flatMap((file) => namedFile(file, ['query_file'], options));
  const certificates = Array.from(certificateFiles(config)).flatMap(([path]) =>
    main.flatMap((file) => namedFile(file, path, options)),
  );
  return distinct([...main, ...ofJobs, ...queries, ...certificates]);
}

/** The configuration of `serve`, and the schemas that it names. @param path absolute */
export function writeApiFiles(path: string, options: ReadOptions): readonly ConfigurationFile[] {
  const main = yamlFile(path, WRITE_API_FILE, options);
  const schemas = main.flatMap((file) => {
    const dataSets = file.tree === undefined ? undefined : treeAt(file.tree, ['data_sets']);
    const count = dataSets?.kind === 'list' ? dataSets.items.length : 0;
    return Array.from({ length: count }, (_, index) => ['data_sets', index, 'schema']).flatMap((key) =>
      namedFile(file, key, options),
    );
  });
  return distinct([...main, ...schemas]);
}

type Kind = Parameters<typeof parseFile>[1];

/** One that is not there, or cannot be read, is none; whoever needs it has said so when the configuration was loaded. */
function yamlFile(
  path: string,
  kind: Kind,
  options: ReadOptions,
  literal: readonly string[] = [],
): ConfigurationFile[] {
  const { tree } = parseFile(path, kind, options, literal);
  if (tree === undefined) return [];
  const { shown, text } = tree.place.file;
  return [{ path, shown, text, tree }];
}

function namedFile(
  { path, tree }: ConfigurationFile,
  key: KeyPath,
  { currentDirectory, bounds }: ReadOptions,
): ConfigurationFile[] {
  const name = tree === undefined ? undefined : treeAt(tree, key);
  if (name?.kind !== 'scalar' || typeof name.value !== 'string') return [];
  try {
    const named = resolve(dirname(path), name.value);
    const { shown, text } = readSourceFile(named, currentDirectory, bounds);
    return [{ path: named, shown, text, tree: undefined, namedAt: { place: name.place, path: key } }];
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return [];
  }
}

/** A folder and those between it and one below it, the upper ones first. */
function foldersBetween(upper: string, lower: string): string[] {
  const steps = relative(upper, lower).split(sep).filter(Boolean);
  return [upper, ...steps.map((_, index) => join(upper, ...steps.slice(0, index + 1)))];
}

const distinct = (files: readonly ConfigurationFile[]): ConfigurationFile[] => [
  ...new Map(files.map((file) => [file.path, file])).values(),
];

/** All values of a file and the ways to them. */
export function* scalarsOf(tree: Tree, path: KeyPath = []): Iterable<readonly [KeyPath, ScalarTree]> {
  if (tree.kind === 'scalar') yield [path, tree];
  else if (tree.kind === 'list')
    for (const [index, item] of tree.items.entries()) yield* scalarsOf(item, [...path, index]);
  else for (const [key, entry] of tree.entries) yield* scalarsOf(entry.tree, [...path, key]);
}

/** What the values of a file are taken from. */
export const referencesOf = (tree: Tree): readonly Reference[] =>
  Array.from(scalarsOf(tree)).flatMap(([, { outside }]) => outside?.references ?? []);

/** A mistake for each secret that stands in the file itself, and so would be copied with it. */
export function writtenSecrets(tree: Tree, remedy: string): readonly Finding[] {
  return Array.from(scalarsOf(tree)).flatMap(([path, { value, outside, place }]) => {
    const defaults = (outside?.references ?? []).flatMap((reference) =>
      reference.kind === 'variable' ? (reference.otherwise ?? []) : [],
    );
    const texts = [outside?.shown ?? value, ...defaults].filter((text) => typeof text === 'string');
    const secrets = isSecretPath(path) ? texts.flatMap((text) => secretsIn(path, text)) : [];
    if (secrets.every((secret) => secret === '' || secret.includes('${'))) return [];
    const message =
      'expected a secret that is taken from outside by ${NAME} or ${file:PATH}, got one that stands here';
    return [findingAt(place, path, { code: 'exposed-secret', message, suggestion: remedy })];
  });
}

/** Where a key stands in the first of some files that has it. */
export function placeIn(files: readonly ConfigurationFile[], path: KeyPath): Place | undefined {
  return files
    .map(({ tree }) => (tree === undefined ? undefined : treeAt(tree, path)?.place))
    .find((place) => place !== undefined);
}

/** The file of a job, and behind it the defaults that it takes, the nearest first. */
export function filesOfJob(file: ConfigurationFile, all: readonly ConfigurationFile[]): ConfigurationFile[] {
  const isAbove = ({ path }: ConfigurationFile) =>
    DEFAULTS_FILES.some((name) => path.endsWith(`${sep}${name}`)) &&
    `${dirname(file.path)}${sep}`.startsWith(`${dirname(path)}${sep}`);
  const defaults = all.filter(isAbove).toSorted((one, other) => other.path.length - one.path.length);
  return [file, ...defaults];
}
