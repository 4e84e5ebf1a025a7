import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { changedKeys } from '../../export/kubernetes/changes.ts';
import { exportKubernetes } from '../../export/kubernetes/kubernetes.ts';
import { kustomizeFiles, streamText } from '../../export/kubernetes/layout.ts';
import type { AlertRules } from '../../export/kubernetes/monitoring.ts';
import { isDnsLabel } from '../../export/kubernetes/names.ts';
import { oneLine } from '../../export/one-line.ts';
import { EXIT, type ExitCode, UsageError } from '../shell/exit-codes.ts';
import type { GlobalFlags } from '../shell/setting.ts';
import type { Terminal } from '../shell/terminal.ts';
import { version } from '../shell/version.ts';
import { madeOf, openExportable, openWriteApi } from './open.ts';
import { writeOutput } from './output-folder.ts';

export interface KubernetesFlags extends GlobalFlags {
  readonly replicas?: number;
  readonly cronjobs?: boolean;
  readonly namespace?: string;
  readonly image?: string;
  /** The file that `serve` would be given; true: the one beside the configuration. */
  readonly serve?: string | true;
  readonly monitoring: boolean;
  readonly output?: string;
}

/** `export kubernetes`: the configuration as objects for Kubernetes, on standard output or in a folder for Kustomize. */
export async function kubernetes(flags: KubernetesFlags, terminal: Terminal): Promise<ExitCode> {
  const {
    namespace,
    image = `pp-db-collector:${version}`,
    cronjobs,
    replicas = 1,
    monitoring,
    output,
  } = flags;
  refuseNames(namespace, image);
  const { exportable } = await openExportable(flags, terminal);
  const { serve } = flags;
  const file = serve === true ? join(exportable.folder, 'write-api.yaml') : serve;
  const options = {
    ...{ namespace, image, version },
    replicas: cronjobs === true ? undefined : replicas,
    alertRules: monitoring ? alertRules() : undefined,
    served: file === undefined ? undefined : openWriteApi(file, flags, terminal),
  };
  const made = madeOf(exportKubernetes(exportable, options), terminal);
  const command = commandOf(flags);
  if (output === undefined) await terminal.print(streamText(made, command, namespace));
  else writeOutput(output, kustomizeFiles(made, command), terminal);
  for (const { file, changes } of made.changes.filter((each) => each.changes.length > 0))
    terminal.tell(`in the pods ${file} has other values of ${changedKeys(changes)}\n`);
  const commands = made.secrets.map((secret) => `${secret.command}\n`).join('');
  terminal.tell(`what the pods need besides:\n${commands}`);
  return EXIT.success;
}

/** The shipped alerts, which the package has beside the program. */
export function alertRules(): AlertRules {
  const root = dirname(createRequire(import.meta.url).resolve('pp-db-collector/package.json'));
  return parse(readFileSync(join(root, 'docs/operating/alerts.yaml'), 'utf8')) as AlertRules;
}

function refuseNames(namespace: string | undefined, image: string): void {
  if (namespace !== undefined && !isDnsLabel(namespace))
    throw new UsageError(
      `${JSON.stringify(namespace)} cannot be the name of a namespace`,
      'Give at most 63 small letters, digits and hyphens, with a letter or digit at both ends.',
    );
  if (!/^[\w][\w.:/@-]*$/.test(image))
    throw new UsageError(
      `${JSON.stringify(image)} cannot be the name of an image`,
      'Give one such as registry.example/pp-db-collector:1.0.0.',
    );
}

/** The command line by which it can be made again, without where it was written to. */
function commandOf({ replicas, cronjobs, namespace, image, serve, monitoring }: KubernetesFlags): string {
  return [
    'pp-db-collector export kubernetes',
    ...(replicas === undefined ? [] : [`--replicas ${replicas}`]),
    ...(cronjobs === true ? ['--cronjobs'] : []),
    ...(namespace === undefined ? [] : [`--namespace ${namespace}`]),
    ...(image === undefined ? [] : [`--image ${image}`]),
    ...(serve === undefined ? [] : [serve === true ? '--serve' : `--serve ${oneLine(serve)}`]),
    ...(monitoring ? [] : ['--no-monitoring']),
  ].join(' ');
}
