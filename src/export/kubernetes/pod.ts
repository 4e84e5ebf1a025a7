import { posix } from 'node:path';
import { isWithin } from '../../config/yaml/parse-file.ts';
import { CONFIGURATION_FOLDER, STATE_FOLDER } from './changes.ts';
import type { FilledConfigMap } from './config-maps.ts';
import { APPLICATION, type Component, type Surroundings, selectorLabels } from './manifest.ts';
import type { PodFiles, SecretFile } from './pod-files.ts';
import { TEMPORARY_VOLUME } from './resources.ts';

/** What is different in one pod from another. */
export interface PodContent {
  readonly component: Component;
  readonly args: readonly string[];
  readonly podFiles: PodFiles;
  readonly configMaps: readonly FilledConfigMap[];
  /** The Secret's name. */
  readonly secret: string;
  /** The name of the claim of the volume for the state, or of its template; undefined: there is none. */
  readonly claim: { readonly kind: 'claim' | 'template'; readonly name: string } | undefined;
  /** More of the container: ports, probes, resources. */
  readonly container: Readonly<Record<string, unknown>>;
  /** More of the pod. */
  readonly pod: Readonly<Record<string, unknown>>;
}

/** The group to which a new volume is given, so that whatever user the image has may write there. */
const GROUP = 10_001;
/** r--r----- */
const FOR_GROUP = 0o440;

/** A pod with one container, which any cluster that enforces the restricted standard of pods takes. */
export function podTemplate(content: PodContent, { image, version }: Surroundings): object {
  const volumes = volumesOf(content);
  return {
    metadata: { labels: { ...selectorLabels(content.component), 'app.kubernetes.io/version': version } },
    spec: {
      ...content.pod,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        fsGroup: GROUP,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: APPLICATION,
          image,
          args: content.args,
          env: environmentOf(content),
          ...content.container,
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: volumes.map(({ mount }) => mount),
        },
      ],
      volumes: volumes.flatMap(({ volume }) => volume ?? []),
    },
  };
}

function environmentOf({ component, podFiles, secret }: PodContent): readonly object[] {
  const main = {
    name: 'PP_DB_COLLECTOR_CONFIG',
    value: `${CONFIGURATION_FOLDER}/${podFiles.files[0]?.path}`,
  };
  const secrets = podFiles.variables.map(({ name, isOptional }) => ({
    name,
    valueFrom: {
      secretKeyRef: { name: secret, key: name, ...(isOptional ? { optional: true } : {}) },
    },
  }));
  return component === 'collector' ? [main, ...secrets] : secrets;
}

interface Mounted {
  readonly mount: object;
  /** Undefined: a template of claims makes it. */
  readonly volume: object | undefined;
}

function volumesOf({ podFiles: { secrets }, configMaps, secret, claim }: PodContent): readonly Mounted[] {
  const inside = secrets.filter(({ path }) => isWithin(CONFIGURATION_FOLDER, path));
  const elsewhere = groupedByFolder(secrets.filter((each) => !inside.includes(each)));
  const sources = [
    ...configMaps.map(({ name, files }) => ({
      configMap: { name, items: files.map(({ key, path }) => ({ key, path })) },
    })),
    ...(inside.length === 0
      ? []
      : [{ secret: { name: secret, items: itemsBelow(CONFIGURATION_FOLDER, inside, { mode: FOR_GROUP }) } }]),
  ];
  return [
    {
      // Mounted whole: a file that is mounted by subPath never changes.
      mount: { name: 'configuration', mountPath: CONFIGURATION_FOLDER, readOnly: true },
      volume: { name: 'configuration', projected: { sources } },
    },
    ...elsewhere.map(([folder, files], index) => {
      const name = `secrets-${index + 1}`;
      const items = itemsBelow(folder, files);
      return {
        mount: { name, mountPath: folder, readOnly: true },
        volume: { name, secret: { secretName: secret, defaultMode: FOR_GROUP, items } },
      };
    }),
    ...(claim === undefined ? [] : [stateVolume(claim)]),
    {
      mount: { name: 'temporary', mountPath: '/tmp' },
      volume: { name: 'temporary', emptyDir: { sizeLimit: TEMPORARY_VOLUME } },
    },
  ];
}

function stateVolume({ kind, name }: NonNullable<PodContent['claim']>): Mounted {
  const mount = { name: 'state', mountPath: STATE_FOLDER };
  const volume = kind === 'claim' ? { name: 'state', persistentVolumeClaim: { claimName: name } } : undefined;
  return { mount, volume };
}

const itemsBelow = (folder: string, files: readonly SecretFile[], more: object = {}): readonly object[] =>
  files.map(({ key, path }) => ({ key, path: posix.relative(folder, path), ...more }));

/** Files by their folders; those of a folder below another one with that, because a mount would hide it. */
function groupedByFolder(
  files: readonly SecretFile[],
): readonly (readonly [string, readonly SecretFile[]])[] {
  const folders = [...new Set(files.map(({ path }) => posix.dirname(path)))];
  const top = (folder: string): string =>
    folders.reduce((best, other) => (isWithin(other, best) ? other : best), folder);
  return [...Map.groupBy(files, ({ path }) => top(posix.dirname(path)))];
}
