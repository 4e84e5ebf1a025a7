import type { Sharing } from '../sharing.ts';
import type { PodStatus } from './changes.ts';
import type { FilledConfigMap } from './config-maps.ts';
import {
  APPLICATION,
  type KubernetesObject,
  type Manifest,
  metadata,
  type Surroundings,
  selectorLabels,
} from './manifest.ts';
import { podTemplate } from './pod.ts';
import type { PodFiles } from './pod-files.ts';
import { GRACE, RESOURCES, STATE_VOLUME, TERMINATION } from './resources.ts';

/** The daemon that runs the jobs. */
export interface Daemon {
  readonly podFiles: PodFiles;
  readonly configMaps: readonly FilledConfigMap[];
  readonly status: PodStatus;
  readonly replicas: number;
  readonly sharing: Sharing;
}

export function daemonManifests(daemon: Daemon, surroundings: Surroundings): readonly Manifest[] {
  const workload =
    daemon.sharing.state === 'file' ? statefulSet(daemon, surroundings) : deployment(daemon, surroundings);
  return [workload, service(daemon, surroundings), disruptionBudget(surroundings)];
}

const selector = { matchLabels: selectorLabels('collector') };

function statefulSet(daemon: Daemon, surroundings: Surroundings): Manifest {
  const object: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata(APPLICATION, 'collector', surroundings),
    spec: {
      replicas: 1,
      serviceName: APPLICATION,
      selector,
      template: daemonPod(daemon, surroundings),
      volumeClaimTemplates: [
        {
          metadata: { name: 'state', labels: selectorLabels('collector') },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: STATE_VOLUME } } },
        },
      ],
    },
  };
  const comment = [
    'One replica, never more: the state is one SQLite file on one volume. A StatefulSet never starts a second pod before the',
    'first has ended, not even when its node is lost. fsGroup lets any user of the image write to the volume. Where the',
    'cluster gives users and groups itself, as OpenShift does, take it out in an overlay.',
  ];
  return { name: 'stateful-set', comment, objects: [object] };
}

function deployment(daemon: Daemon, surroundings: Surroundings): Manifest {
  const { replicas, sharing } = daemon;
  const object: KubernetesObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(APPLICATION, 'collector', surroundings),
    spec: {
      replicas,
      selector,
      // Two that do not take turns would both begin each run, for one of them to give it up.
      strategy: sharing.takesTurns
        ? { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } }
        : { type: 'Recreate' },
      template: daemonPod(daemon, surroundings),
    },
  };
  const comment = [
    sharing.state === 'memory'
      ? 'The state is in memory: what is remembered of jobs ends with the pod.'
      : 'The state is in PostgreSQL.',
    ...(sharing.takesTurns ? ['Replicas take turns with the jobs: each tick is run by one of them.'] : []),
  ];
  return { name: 'deployment', comment, objects: [object] };
}

function daemonPod(
  { podFiles, configMaps, status, sharing, replicas }: Daemon,
  surroundings: Surroundings,
): object {
  const probe = (path: string) => ({ httpGet: { path, port: 'http' } });
  const spread = {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: selector,
      },
    ],
  };
  return podTemplate(
    {
      component: 'collector',
      args: ['start', '--watch', '--grace', String(GRACE)],
      podFiles,
      configMaps,
      secret: APPLICATION,
      claim: sharing.state === 'file' ? { kind: 'template', name: 'state' } : undefined,
      container: {
        ports: [{ name: 'http', containerPort: status.port }],
        // Both paths need no token. A database or a write API that is down makes neither fail, but that of the state
        // /readyz: a pod that waits for it is not to be started again.
        startupProbe: { ...probe('/healthz'), periodSeconds: 2, failureThreshold: 30 },
        livenessProbe: { ...probe('/healthz'), periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 3 },
        readinessProbe: { ...probe('/readyz'), periodSeconds: 10, timeoutSeconds: 5 },
        resources: RESOURCES.daemon,
      },
      pod: { terminationGracePeriodSeconds: TERMINATION, ...(replicas > 1 ? spread : {}) },
    },
    surroundings,
  );
}

function service({ status, sharing }: Daemon, surroundings: Surroundings): Manifest {
  const object: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(APPLICATION, 'collector', surroundings),
    spec: {
      ...(sharing.state === 'file' ? { clusterIP: 'None' } : {}),
      selector: selectorLabels('collector'),
      ports: [{ name: 'http', port: status.port, targetPort: 'http' }],
    },
  };
  const comment = [
    'The status page, which asks for the token:',
    `kubectl port-forward service/${APPLICATION} ${status.port}`,
  ];
  return { name: 'service', comment, objects: [object] };
}

function disruptionBudget(surroundings: Surroundings): Manifest {
  const object: KubernetesObject = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(APPLICATION, 'collector', surroundings),
    spec: { selector, maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  };
  const comment = ['One pod at a time may be moved; what it was doing goes on where it is started again.'];
  return { name: 'pod-disruption-budget', comment, objects: [object] };
}
