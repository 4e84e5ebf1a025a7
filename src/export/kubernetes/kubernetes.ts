import type { Finding } from '../../config/finding.ts';
import type { Reference } from '../../config/yaml/expand.ts';
import { type Exportable, type Exported, refusedSetting } from '../exportable.ts';
import { type Change, CONFIGURATION_FOLDER, statusInPod } from './changes.ts';
import { configMap, configMapsFor } from './config-maps.ts';
import { cronJobManifests } from './cron-jobs.ts';
import { type Daemon, daemonManifests } from './daemon.ts';
import { destinationsOf } from './destinations.ts';
import { APPLICATION, type Manifest, type Surroundings } from './manifest.ts';
import { type AlertRules, monitoring } from './monitoring.ts';
import { networkPolicy } from './network-policy.ts';
import { type PodFiles, podFilesOf, secretPathInPod } from './pod-files.ts';
import { createSecretCommand, type SecretContent, secretSkeleton } from './secret.ts';

export interface KubernetesOptions extends Surroundings {
  /** Of the daemon; undefined: a CronJob for each job in its place. */
  readonly replicas: number | undefined;
  /** Undefined: without what the Prometheus operator takes. */
  readonly alertRules: AlertRules | undefined;
}

export interface KubernetesExport {
  readonly manifests: readonly Manifest[];
  /** What is needed besides, and never written with values. */
  readonly secret: { readonly command: string; readonly skeleton: string; readonly content: SecretContent };
  /** What is different in the pods' configuration. */
  readonly changes: readonly Change[];
}

/** A configuration as objects for Kubernetes. */
export function exportKubernetes(
  exportable: Exportable,
  options: KubernetesOptions,
): Exported<KubernetesExport> {
  const findings: Finding[] = [];
  const isDaemon = options.replicas !== undefined;
  const { status, ...http } = isDaemon
    ? statusInPod(exportable)
    : { status: undefined, changes: [], findings: [] };
  findings.push(...http.findings);
  const podFiles = podFilesOf(exportable, http.changes, findings);
  const configMaps = configMapsFor(podFiles.files);
  const destinations = destinationsOf(exportable, findings, { servesItself: false });
  const { state } = exportable.config;
  const manifests: Manifest[] = [
    {
      name: 'config-map',
      comment: [`The files of the configuration, in the pods below ${CONFIGURATION_FOLDER}.`],
      objects: configMaps.map((map) => configMap(map, 'collector', options)),
    },
  ];
  if (options.replicas === undefined) {
    const runs = { podFiles, configMaps, hasVolumes: 'file' in state };
    manifests.push(...cronJobManifests(exportable, runs, options, findings));
  } else if (status !== undefined) {
    findings.push(...refusedReplicas(exportable, options.replicas));
    const daemon = {
      podFiles,
      configMaps,
      status,
      replicas: options.replicas,
      state: placeOfState(exportable),
    };
    manifests.push(...daemonManifests(daemon, options));
    if (options.alertRules !== undefined)
      manifests.push(
        ...monitoring({ name: APPLICATION, key: keyOf(status.token, podFiles) }, options.alertRules, options),
      );
  }
  const traffic = {
    name: APPLICATION,
    component: 'collector',
    destinations,
    components: [],
    port: status?.port,
  } as const;
  manifests.push(networkPolicy(traffic, options));
  if (findings.length > 0) return { findings };
  const secret = {
    command: createSecretCommand(APPLICATION, podFiles, options),
    skeleton: secretSkeleton(APPLICATION, podFiles, 'collector', options),
    content: podFiles,
  };
  return { value: { manifests, secret, changes: podFiles.changes } };
}

function placeOfState({ config: { state } }: Exportable): Daemon['state'] {
  if ('file' in state) return 'volume';
  return 'memory' in state ? 'nowhere' : 'elsewhere';
}

/** Several replicas need a state that they share. */
function refusedReplicas(exportable: Exportable, replicas: number): readonly Finding[] {
  if (replicas === 1 || placeOfState(exportable) === 'elsewhere') return [];
  const refusal = {
    message: `expected a state in PostgreSQL, which ${replicas} replicas share, got one that belongs to one process`,
    suggestion: 'export one replica',
  };
  return [refusedSetting(exportable, ['state'], refusal)];
}

/** The key of the Secret that holds what a value is taken from. */
function keyOf(reference: Reference, { secrets, files: [main] }: PodFiles): string {
  if (reference.kind === 'variable') return reference.name;
  const path = secretPathInPod(reference.path, main?.path ?? '');
  return secrets.find((secret) => secret.path === path)?.key ?? '';
}
