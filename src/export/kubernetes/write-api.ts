import type { Finding } from '../../config/finding.ts';
import { parseLoginUrl } from '../../config/login-url.ts';
import type { WriteApiFile } from '../../config/schema/write-api-schema.ts';
import { isWithin } from '../../config/yaml/parse-file.ts';
import { type Change, CONFIGURATION_FOLDER, EVERYWHERE, STATE_FOLDER } from './changes.ts';
import { configMap, configMapsFor } from './config-maps.ts';
import type { Destination } from './destinations.ts';
import {
  APPLICATION,
  type KubernetesObject,
  type Manifest,
  metadata,
  type Surroundings,
  selectorLabels,
} from './manifest.ts';
import { networkPolicy } from './network-policy.ts';
import { podTemplate } from './pod.ts';
import { type PodFiles, podFilesOf, type SourceFiles } from './pod-files.ts';
import { RECORDS_VOLUME, RESOURCES, TERMINATION } from './resources.ts';

/** The write API that goes with the collector. */
export interface ServedWriteApi extends SourceFiles {
  readonly config: WriteApiFile;
}

export const WRITE_API = `${APPLICATION}-write-api`;

export interface WriteApiExport {
  readonly manifests: readonly Manifest[];
  readonly podFiles: PodFiles;
  /** Its configuration, as messages show it. */
  readonly file: string;
}

const component = 'write-api';

export function writeApiManifests(
  served: ServedWriteApi,
  surroundings: Surroundings,
  findings: Finding[],
): WriteApiExport {
  const { port } = served.config.listen;
  const podFiles = podFilesOf(served, () => changesOf(served.config), findings);
  const configMaps = configMapsFor(podFiles.files, WRITE_API);
  const hasVolume = 'file' in served.config.storage;
  const probe = { httpGet: { path: '/_status', port: 'http' }, timeoutSeconds: 5 };
  const template = podTemplate(
    {
      component,
      args: ['serve', `${CONFIGURATION_FOLDER}/${podFiles.files[0]?.path}`],
      podFiles,
      configMaps,
      secret: WRITE_API,
      claim: hasVolume ? { kind: 'template', name: 'state' } : undefined,
      container: {
        ports: [{ name: 'http', containerPort: port }],
        startupProbe: { ...probe, periodSeconds: 2, failureThreshold: 30 },
        livenessProbe: { ...probe, periodSeconds: 30, failureThreshold: 3 },
        readinessProbe: { ...probe, periodSeconds: 10 },
        resources: RESOURCES.writeApi,
      },
      pod: { terminationGracePeriodSeconds: TERMINATION },
    },
    surroundings,
  );
  const policy = {
    name: WRITE_API,
    component,
    port,
    components: [],
    destinations: destinationsOf(served.config),
  } as const;
  return {
    podFiles,
    file: served.files[0]?.shown ?? '',
    manifests: [
      {
        name: 'write-api-config-map',
        comment: [
          'The configuration of the write API. When it changes: kubectl rollout restart, as it is read at the start only.',
        ],
        objects: configMaps.map((map) => configMap(map, component, surroundings)),
      },
      hasVolume ? statefulSet(template, surroundings) : deployment(template, surroundings),
      service(port, surroundings),
      { ...networkPolicy(policy, surroundings), name: 'write-api-network-policy' },
    ],
  };
}

function changesOf({ listen, storage }: WriteApiFile): readonly Change[] {
  return [
    ...(EVERYWHERE.includes(listen.host) ? [] : [{ path: ['listen'], value: `0.0.0.0:${listen.port}` }]),
    ...(!('file' in storage) || isWithin(STATE_FOLDER, storage.file)
      ? []
      : [{ path: ['storage', 'file'], value: `${STATE_FOLDER}/write-api.sqlite` }]),
  ];
}

function destinationsOf({ storage }: WriteApiFile): readonly Destination[] {
  if ('file' in storage) return [];
  const url = parseLoginUrl(storage.url.reveal());
  return 'fault' in url
    ? []
    : [{ what: 'the storage of the write API', host: url.host, port: url.port ?? 5_432 }];
}

const selector = { matchLabels: selectorLabels(component) };

function statefulSet(template: object, surroundings: Surroundings): Manifest {
  const claim = {
    metadata: { name: 'state', labels: selectorLabels(component) },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: RECORDS_VOLUME } } },
  };
  const object: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata(WRITE_API, component, surroundings),
    spec: { replicas: 1, serviceName: WRITE_API, selector, template, volumeClaimTemplates: [claim] },
  };
  const comment = ['The write API. Its records are one SQLite file on one volume: one replica, never more.'];
  return { name: 'write-api-stateful-set', comment, objects: [object] };
}

function deployment(template: object, surroundings: Surroundings): Manifest {
  const object: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(WRITE_API, component, surroundings),
    spec: { replicas: 1, selector, template },
  };
  return {
    name: 'write-api-deployment',
    comment: ['The write API. Its records are in a database.'],
    objects: [object],
  };
}

function service(port: number, surroundings: Surroundings): Manifest {
  const object: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(WRITE_API, component, surroundings),
    spec: { selector: selectorLabels(component), ports: [{ name: 'http', port, targetPort: 'http' }] },
  };
  const comment = [
    `The collector sends to http://${WRITE_API}:${port}, in plain HTTP: what comes from outside of the cluster should pass an`,
    'Ingress that speaks https.',
  ];
  return { name: 'write-api-service', comment, objects: [object] };
}
