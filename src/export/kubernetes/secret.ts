import { shellWord } from '../shell-word.ts';
import { type Component, type KubernetesObject, metadata, type Surroundings, yamlText } from './manifest.ts';
import type { PodFiles } from './pod-files.ts';

/** What a pod takes from its Secret, which is never written with values. */
export type SecretContent = Pick<PodFiles, 'variables' | 'secrets'>;

/** The command that makes the Secret of what is set on the machine where it is given. */
export function createSecretCommand(
  name: string,
  { variables, secrets }: SecretContent,
  { namespace }: Surroundings,
): string {
  const needed = variables.filter(({ isOptional }) => !isOptional);
  const words = [
    'kubectl',
    ...(namespace === undefined ? [] : ['--namespace', namespace]),
    ...['create', 'secret', 'generic', name],
  ].join(' ');
  const values = [
    ...needed.map((variable) => `--from-literal=${variable.name}="$\{${variable.name}:?}"`),
    ...secrets.map(({ key, source }) => `--from-file=${shellWord(`${key}=${source}`)}`),
  ];
  return [words, ...values].join(' \\\n  ');
}

/** The Secret with nothing in it, to be filled in. */
export function secretSkeleton(
  name: string,
  { variables, secrets }: SecretContent,
  component: Component,
  surroundings: Surroundings,
): string {
  const keys = [...variables.map((variable) => variable.name), ...secrets.map(({ key }) => key)];
  const skeleton: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata(name, component, surroundings),
    type: 'Opaque',
    stringData: Object.fromEntries(keys.map((key) => [key, ''])),
  };
  return yamlText(skeleton);
}
