import { Document } from 'yaml';
import { oneLine } from '../one-line.ts';

/** An object for Kubernetes. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [section: string]: unknown;
}

/** Objects that belong together, with what a reader should know of them. */
export interface Manifest {
  /** Of its file, without `.yaml`. */
  readonly name: string;
  /** Lines of a comment. */
  readonly comment: readonly string[];
  readonly objects: readonly KubernetesObject[];
}

/** What objects of one export have in common. */
export interface Surroundings {
  /** Undefined: whoever applies them says so. */
  readonly namespace: string | undefined;
  readonly image: string;
  readonly version: string;
}

/** What all is called. */
export const APPLICATION = 'pp-db-collector';

export type Component = 'collector' | 'write-api';

/** By which the pods of a component are found; these never change. */
export const selectorLabels = (component: Component) => ({
  'app.kubernetes.io/name': APPLICATION,
  'app.kubernetes.io/component': component,
});

export const metadata = (
  name: string,
  component: Component,
  { namespace, version }: Surroundings,
): KubernetesObject['metadata'] => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  labels: {
    ...selectorLabels(component),
    'app.kubernetes.io/version': version,
    'app.kubernetes.io/part-of': 'performance-platform',
  },
});

/** Quoted where readers of YAML 1.1, such as kubectl, would take a text for something else. */
const STYLE = { compat: 'yaml-1.1', aliasDuplicateObjects: false } as const;

/** The objects of a manifest as YAML documents, with its comment in front of the first. */
export function manifestText({ comment, objects }: Manifest): string {
  const head = comment.map((line) => `${`# ${oneLine(line)}`.trimEnd()}\n`).join('');
  return head + objects.map((object) => yamlText(object)).join('---\n');
}

export const yamlText = (object: unknown): string => new Document(object, STYLE).toString({ lineWidth: 0 });
