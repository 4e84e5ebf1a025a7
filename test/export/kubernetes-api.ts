import { PodMonitor, PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { CronJob } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, PersistentVolumeClaim, Secret, Service } from 'kubernetes-models/v1';
import type { KubernetesObject } from '../../src/export/kubernetes/manifest.ts';

/** What the API server would say of objects, as far as its schemas and its rules for names say it. */

/** Every kind that is exported, with the module that has its type. */
export const KINDS = {
  ConfigMap: [ConfigMap, 'kubernetes-models/v1'],
  CronJob: [CronJob, 'kubernetes-models/batch/v1'],
  Deployment: [Deployment, 'kubernetes-models/apps/v1'],
  NetworkPolicy: [NetworkPolicy, 'kubernetes-models/networking.k8s.io/v1'],
  PersistentVolumeClaim: [PersistentVolumeClaim, 'kubernetes-models/v1'],
  PodDisruptionBudget: [PodDisruptionBudget, 'kubernetes-models/policy/v1'],
  PodMonitor: [PodMonitor, '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'],
  PrometheusRule: [PrometheusRule, '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'],
  Secret: [Secret, 'kubernetes-models/v1'],
  Service: [Service, 'kubernetes-models/v1'],
  StatefulSet: [StatefulSet, 'kubernetes-models/apps/v1'],
} as const;

const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?$/;
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const KEY = /^[-.\w]{1,253}$/;

/** All that is wrong with an object; nothing when it would be taken. */
export function mistakesOf(object: KubernetesObject): string[] {
  const { kind, metadata, apiVersion } = object;
  const known = KINDS[kind as keyof typeof KINDS];
  if (known === undefined) return [`no kind ${kind}`];
  const [Model] = known;
  const mistakes: string[] = [];
  try {
    // biome-ignore lint/suspicious/noExplicitAny: whether it is one is what is asked here
    new Model(object as any).validate();
  } catch (error) {
    mistakes.push(`${kind}: ${(error as Error).message}`);
  }
  const expect = (holds: boolean, what: string) =>
    holds || mistakes.push(`${kind} ${metadata.name}: ${what}`);
  expect(apiVersion === Model.apiVersion, `apiVersion ${apiVersion}`);
  expect(SUBDOMAIN.test(metadata.name), 'name');
  expect(metadata.name.length <= (kind === 'CronJob' ? 52 : 63), 'length of the name');
  for (const label of Object.values(metadata.labels)) expect(LABEL_VALUE.test(label), `label ${label}`);
  if (kind === 'ConfigMap') {
    const data = Object.entries(object.data as Record<string, string>);
    for (const [key] of data) expect(KEY.test(key) && key !== '.' && !key.startsWith('..'), `key ${key}`);
    const bytes = data.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
    expect(bytes <= 1_048_576, `${bytes} bytes`);
  }
  return mistakes;
}
