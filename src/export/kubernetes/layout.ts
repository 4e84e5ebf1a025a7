import type { KubernetesExport, NeededSecret } from './kubernetes.ts';
import { APPLICATION, type Manifest, manifestText, yamlText } from './manifest.ts';

/** How an export is written: one stream for `kubectl apply`, or a folder for Kustomize. */

const commented = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `#   ${line}`.trimEnd())
    .join('\n');

const commandsOf = (secrets: readonly NeededSecret[]): string =>
  secrets.map(({ command }) => command).join('\n');

const skeletonsOf = (secrets: readonly NeededSecret[]): string =>
  secrets.map(({ skeleton }) => skeleton).join('---\n');

/** @param command the one that wrote it @param namespace that it names, if any */
export function streamText(
  { manifests, secrets }: KubernetesExport,
  command: string,
  namespace: string | undefined,
): string {
  const makeNamespace = namespace === undefined ? '' : `kubectl create namespace ${namespace}\n`;
  const head = `# Written by \`${command}\`. What must be there before it is applied:
${commented(makeNamespace + commandsOf(secrets))}
#
# or this, filled in. It is not part of what follows, so that applying that again empties no value:
${commented(skeletonsOf(secrets))}
`;
  return [head, ...manifests.map((manifest) => `---\n${manifestText(manifest)}`)].join('\n');
}

export interface LayoutFile {
  readonly name: string;
  readonly text: string;
}

/** A base for Kustomize: a file for each manifest, and the Secret as an example that is no part of it. */
export function kustomizeFiles(
  { manifests, secrets }: KubernetesExport,
  command: string,
): readonly LayoutFile[] {
  const written = `# Written by \`${command}\`.`;
  const fileOf = ({ name }: Manifest) => `${name}.yaml`;
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: manifests.map(fileOf),
  };
  const hint = `${written} Change it in an overlay, not here: the next export writes it again.
# What must be there besides, and is kept out of here (${APPLICATION}-secret.example.yaml is the same as YAML):
${commented(commandsOf(secrets))}
`;
  return [
    { name: 'kustomization.yaml', text: hint + yamlText(kustomization) },
    ...manifests.map((manifest) => ({
      name: fileOf(manifest),
      text: `${written}\n${manifestText(manifest)}`,
    })),
    {
      name: `${APPLICATION}-secret.example.yaml`,
      text: `${written} An example: copy it elsewhere, fill it in, and apply it by itself.\n${skeletonsOf(secrets)}`,
    },
  ];
}
