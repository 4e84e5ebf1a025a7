import {
  APPLICATION,
  type Component,
  type KubernetesObject,
  metadata,
  type Surroundings,
} from './manifest.ts';
import type { PodFile } from './pod-files.ts';

/**
 * `kubectl apply` keeps a copy of what it applied in an annotation, which holds 256 KiB; the text is longer there,
 * because JSON escapes it.
 */
const MOST_BYTES_APPLIED = 196_608;

/** The files of a pod in one ConfigMap. */
export interface FilledConfigMap {
  readonly name: string;
  readonly files: readonly PodFile[];
}

/** In as few as can be applied; a file that is larger than that has one of its own. */
export function configMapsFor(
  files: readonly PodFile[],
  name: string = APPLICATION,
): readonly FilledConfigMap[] {
  const maps: PodFile[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const file of files) {
    const size = bytesOf(file);
    if (bytes + size > MOST_BYTES_APPLIED) {
      maps.push([]);
      bytes = 0;
    }
    maps.at(-1)?.push(file);
    bytes += size;
  }
  return maps.map((own, index) => ({ name: index === 0 ? name : `${name}-${index + 1}`, files: own }));
}

export const configMap = (
  { name, files }: FilledConfigMap,
  component: Component,
  surroundings: Surroundings,
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: metadata(name, component, surroundings),
  data: Object.fromEntries(files.map(({ key, text }) => [key, text])),
});

/** A line for those that `kubectl apply` cannot keep a copy of; none where there are none. */
export const tooLargeToNote = (maps: readonly FilledConfigMap[]): readonly string[] =>
  maps.some(({ files }) => files.some((file) => bytesOf(file) > MOST_BYTES_APPLIED))
    ? ['One of the files is large: apply them with --server-side, which keeps no copy.']
    : [];

const bytesOf = ({ key, text }: PodFile): number => Buffer.byteLength(JSON.stringify(text)) + key.length;
