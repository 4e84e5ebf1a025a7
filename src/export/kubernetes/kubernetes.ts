import type { Finding } from '../../config/finding.ts';
import type { Reference } from '../../config/yaml/expand.ts';
import { type Exportable, type Exported, refusedSetting } from '../exportable.ts';
import { sharingOf } from '../sharing.ts';
import { type Change, CONFIGURATION_FOLDER, type PodStatus, pathsInPod, statusInPod } from './changes.ts';
import { configMap, configMapsFor, type FilledConfigMap, tooLargeToNote } from './config-maps.ts';
import { cronJobManifests } from './cron-jobs.ts';
import { daemonManifests } from './daemon.ts';
import { destinationsOf, isLoopback } from './destinations.ts';
import { APPLICATION, type Component, type Manifest, type Surroundings } from './manifest.ts';
import { type AlertRules, monitoring } from './monitoring.ts';
import { networkPolicy } from './network-policy.ts';
import { type PodFiles, podFilesOf, secretPathInPod } from './pod-files.ts';
import { createSecretCommand, type SecretContent, secretSkeleton } from './secret.ts';
import { type ServedWriteApi, WRITE_API, writeApiManifests } from './write-api.ts';

export interface KubernetesOptions extends Surroundings {
  /** Of the daemon; undefined: a CronJob for each job in its place. */
  readonly replicas: number | undefined;
  /** Undefined: without what the Prometheus operator takes. */
  readonly alertRules: AlertRules | undefined;
  /** Undefined: the write API is elsewhere. */
  readonly served?: ServedWriteApi | undefined;
}

export interface KubernetesExport {
  readonly manifests: readonly Manifest[];
  /** What is needed besides, and never written with values: of the collector, and of the write API where it has any. */
  readonly secrets: readonly NeededSecret[];
  /** What is different in the pods, file by file. */
  readonly changes: readonly FileChanges[];
}

export interface NeededSecret {
  readonly command: string;
  readonly skeleton: string;
  readonly content: SecretContent;
}

export interface FileChanges {
  /** As messages show it. */
  readonly file: string;
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
  const { served } = options;
  const moved = served === undefined ? [] : writeApiInPod(exportable, served);
  const source = { ...exportable, collectors: exportable.config.collectors };
  const changesOf = (podPathOf: (path: string) => string) => [
    ...http.changes,
    ...moved,
    ...pathsInPod(exportable, podPathOf),
  ];
  const podFiles = podFilesOf(source, changesOf, findings);
  const configMaps = configMapsFor(podFiles.files);
  const destinations = destinationsOf(exportable, findings, { servesItself: moved.length > 0 });
  const collector = collectorManifests(exportable, { podFiles, configMaps, status }, options, findings);
  const components = served === undefined ? [] : [['write-api', served.config.listen.port] as const];
  const traffic = {
    name: APPLICATION,
    component: 'collector',
    destinations,
    components,
    port: status?.port,
  } as const;
  const policy = networkPolicy(traffic, options);
  const writeApi = served && writeApiManifests(served, options, findings);
  if (findings.length > 0) return { findings };
  const parts: Part[] = [
    { name: APPLICATION, component: 'collector', podFiles, file: exportable.config.file },
  ];
  if (writeApi !== undefined) parts.push({ name: WRITE_API, component: 'write-api', ...writeApi });
  return {
    value: {
      manifests: [...collector, policy, ...(writeApi?.manifests ?? [])],
      secrets: parts.flatMap(({ name, component, podFiles: content }) =>
        neededSecret(name, component, content, options),
      ),
      changes: parts.map(({ file, podFiles: { changes } }) => ({ file, changes })),
    },
  };
}

interface CollectorPod {
  readonly podFiles: PodFiles;
  readonly configMaps: readonly FilledConfigMap[];
  /** Undefined: there is no daemon, or it cannot be reached. */
  readonly status: PodStatus | undefined;
}

/** The files of the configuration, and what runs the jobs with them. */
function collectorManifests(
  exportable: Exportable,
  { podFiles, configMaps, status }: CollectorPod,
  options: KubernetesOptions,
  findings: Finding[],
): readonly Manifest[] {
  const { replicas, alertRules } = options;
  const sharing = sharingOf(exportable.config);
  const files: Manifest = {
    name: 'config-map',
    comment: [
      `The files of the configuration, in the pods below ${CONFIGURATION_FOLDER}.`,
      ...tooLargeToNote(configMaps),
    ],
    objects: configMaps.map((map) => configMap(map, 'collector', options)),
  };
  if (replicas === undefined) {
    const runs = { podFiles, configMaps, hasVolumes: sharing.state === 'file' };
    return [files, ...cronJobManifests(exportable, runs, options, findings)];
  }
  if (status === undefined) return [files];
  findings.push(...refusedReplicas(exportable, replicas));
  const token = { name: APPLICATION, key: keyOf(status.token, podFiles) };
  return [
    files,
    ...daemonManifests({ podFiles, configMaps, status, replicas, sharing }, options),
    ...(alertRules === undefined ? [] : monitoring(token, alertRules, options)),
  ];
}

interface Part {
  readonly name: string;
  readonly component: Component;
  readonly podFiles: PodFiles;
  readonly file: string;
}

/** Nothing where nothing is taken from outside. */
function neededSecret(
  name: string,
  component: Component,
  content: SecretContent,
  surroundings: Surroundings,
): readonly NeededSecret[] {
  if (content.variables.length + content.secrets.length === 0) return [];
  return [
    {
      command: createSecretCommand(name, content, surroundings),
      skeleton: secretSkeleton(name, content, component, surroundings),
      content,
    },
  ];
}

/** The address of this machine is that of the pod in the cluster; any other one stays what it is. */
function writeApiInPod({ config }: Exportable, { config: { listen } }: ServedWriteApi): readonly Change[] {
  if (!isLoopback(new URL(config.write_api.url).hostname)) return [];
  return [
    { path: ['write_api', 'url'], value: `http://${WRITE_API}:${listen.port}` },
    { path: ['write_api', 'allow_plain_http'], value: true },
  ];
}

/** Several replicas need a state that they share, and to take turns with the jobs. */
function refusedReplicas(exportable: Exportable, replicas: number): readonly Finding[] {
  if (replicas === 1) return [];
  const { state, takesTurns } = sharingOf(exportable.config);
  if (state !== 'database') {
    const message = `expected a url of PostgreSQL, whose state ${replicas} replicas share, got a state that belongs to one process`;
    return [
      refusedSetting(exportable, ['state'], { message, suggestion: 'set state.url, or export one replica' }),
    ];
  }
  if (takesTurns) return [];
  const message = `expected pg-boss, by which ${replicas} replicas take turns with the jobs, got local`;
  return [
    refusedSetting(exportable, ['schedule', 'engine'], {
      message,
      suggestion: 'set it, or export one replica',
    }),
  ];
}

/** The key of the Secret that holds what a value is taken from. */
function keyOf(reference: Reference, { secrets, files: [main] }: PodFiles): string {
  if (reference.kind === 'variable') return reference.name;
  const path = secretPathInPod(reference.path, main?.path ?? '');
  return secrets.find((secret) => secret.path === path)?.key ?? '';
}
