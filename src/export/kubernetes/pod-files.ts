import { basename, dirname, isAbsolute, posix, resolve } from 'node:path';
import { type ConfigurationFile, scalarsOf, writtenSecrets } from '../../config/configuration-files.ts';
import { type Complaint, type Finding, findingAt, findingOfFile } from '../../config/finding.ts';
import { isWithin } from '../../config/yaml/parse-file.ts';
import type { Exportable } from '../exportable.ts';
import { leadsTo, type Variable, variablesIn } from '../variables.ts';
import { below, type Change, CONFIGURATION_FOLDER, changedText, STATE_FOLDER } from './changes.ts';
import { Keys } from './names.ts';

/** The files that a pod gets, and what it takes from its Secret. */
export interface PodFiles {
  readonly files: readonly PodFile[];
  readonly variables: readonly Variable[];
  readonly secrets: readonly SecretFile[];
  readonly changes: readonly Change[];
}

export interface PodFile {
  /** In the ConfigMap. */
  readonly key: string;
  /** Below the folder of the configuration. */
  readonly path: string;
  readonly text: string;
}

/** A file that `${file:…}` names. */
export interface SecretFile {
  /** In the Secret. */
  readonly key: string;
  /** Absolute, in a pod. */
  readonly path: string;
  /** On the machine where the configuration was written. */
  readonly source: string;
}

/** What a ConfigMap can hold. */
const MOST_BYTES = 1_048_576;

const TAKE_OUT = 'a ConfigMap is no place for it: write ${NAME}, and put its value into .env';

/** Files that go into a pod together. */
export interface SourceFiles extends Pick<Exportable, 'folder' | 'files'> {
  /** The folder of job files, wherever it is; left out: there are none. */
  readonly collectors?: string;
}

/** @param changesOf what is different in a pod, told where its files are */
export function podFilesOf(
  source: SourceFiles,
  changesOf: (podPathOf: (path: string) => string) => readonly Change[],
  findings: Finding[],
): PodFiles {
  const { files } = source;
  const podPathOf = podPaths(source);
  const changes = changesOf(podPathOf);
  const changed = (index: number) => (index === 0 ? changes : []);
  const keys = new Keys();
  const podFiles = files.map(({ path, shown, text }, index) => {
    const podPath = podPathOf(path);
    return { key: keys.take(podPath), path: podPath, text: changedText(text, shown, changed(index)) };
  });
  findings.push(...files.flatMap((file, index) => refusals(file, podFiles[index]?.path ?? '', source)));
  const named = files.flatMap(({ tree, path: file }, index) => {
    const places = changed(index).map(({ path }) => path);
    const values = tree === undefined ? [] : Array.from(scalarsOf(tree));
    return values.flatMap(([path, { outside, place }]) =>
      leadsTo(places, path)
        ? []
        : (outside?.references ?? []).map((reference) => ({ reference, file, place, path })),
    );
  });
  const set = changes.flatMap(({ reference }) => reference ?? []);
  const variables = variablesIn([...named.map(({ reference }) => reference), ...set]);
  const secrets = new Map<string, SecretFile>();
  const secretKeys = new Keys(variables.map(({ name }) => name));
  for (const { reference, file, place, path } of named) {
    if (reference.kind === 'variable') continue;
    const inPod = secretPathInPod(reference.path, podPathOf(file));
    if (secrets.has(inPod)) continue;
    if (isOfImage(posix.dirname(inPod))) findings.push(findingAt(place, path, ofImage(inPod)));
    secrets.set(inPod, {
      key: secretKeys.take(basename(inPod), inPod),
      path: inPod,
      source: resolve(dirname(file), reference.path),
    });
  }
  return { files: podFiles, variables, secrets: [...secrets.values()], changes };
}

/** Folders that the image fills; a volume in the place of one hides what is there. */
const OF_IMAGE = [
  '/app',
  '/bin',
  '/dev',
  '/lib',
  '/lib64',
  '/proc',
  '/sbin',
  '/sys',
  '/tmp',
  '/usr',
  STATE_FOLDER,
];
const ABOVE_THEM = ['/', '/etc', '/home', '/var', '/var/lib'];

const isOfImage = (folder: string): boolean =>
  ABOVE_THEM.includes(folder) || OF_IMAGE.some((own) => isWithin(own, folder));

const ofImage = (path: string): Complaint => ({
  code: 'wrong-value',
  message: `expected a file in a folder that a Secret can be mounted at, got ${path}`,
  suggestion: 'put it into a folder of its own, such as /run/secrets/pp-db-collector',
});

/** Where a secret is looked for in a pod. @param inFile the file that names it, below the folder of configuration */
export const secretPathInPod = (written: string, inFile: string): string =>
  isAbsolute(written)
    ? posix.normalize(written)
    : posix.join(CONFIGURATION_FOLDER, posix.dirname(inFile), written);

/**
 * Where files are in a pod: below the folder of the configuration as they are here; jobs that lie elsewhere in
 * `collectors`, certificates in `certificates`.
 */
function podPaths({ collectors = '', folder, files }: SourceFiles): (path: string) => string {
  const outside = files.flatMap(({ path, namedAt }) =>
    isWithin(folder, path) || namedAt?.place.file.path !== files[0]?.path ? [] : path,
  );
  const names = new Keys();
  const certificates = new Map(
    outside.map((path) => [path, `certificates/${names.take(basename(path), path)}`]),
  );
  return (path) => {
    if (isWithin(folder, path)) return below(folder, path);
    return certificates.get(path) ?? posix.join('collectors', below(collectors, path));
  };
}

function refusals(file: ConfigurationFile, podPath: string, { folder }: SourceFiles): readonly Finding[] {
  const { tree, text, shown, namedAt, path } = file;
  const findings = tree === undefined ? [] : [...writtenSecrets(tree, TAKE_OUT)];
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES) {
    const message = `expected a file of at most 1 MiB, which is what a ConfigMap can hold, got ${bytes} bytes`;
    findings.push(findingOfFile(shown, { code: 'wrong-value', message, suggestion: 'make it smaller' }));
  }
  const written = namedAt?.place.file.text.slice(namedAt.place.start, namedAt.place.end) ?? '';
  const isInside = namedAt?.path[0] === 'query_file' || namedAt?.path[0] === 'data_sets';
  const isLost = podPath.startsWith('..') || (isInside && /^["']?\//.test(written));
  if (namedAt !== undefined && isLost) {
    const message = `expected a file that is named by its way from this one and lies below ${folder}, got ${path}`;
    const suggestion = 'a pod has the files of that folder only: move it there';
    findings.push(findingAt(namedAt.place, namedAt.path, { code: 'wrong-value', message, suggestion }));
  }
  return findings;
}
