import { isAbsolute, posix, relative } from 'node:path';
import { type Document, isAlias, isCollection, parseDocument } from 'yaml';
import type { Finding, KeyPath } from '../../config/finding.ts';
import { formatPath } from '../../config/problem.ts';
import type { Reference } from '../../config/yaml/expand.ts';
import { isWithin } from '../../config/yaml/parse-file.ts';
import { treeAt } from '../../config/yaml/tree.ts';
import { type Exportable, refusedSetting } from '../exportable.ts';
import { oneLine } from '../one-line.ts';

/** What a configuration must say otherwise in a pod than on the machine where it was written. */

/** Where the files are in a pod, and where it may write. */
export const CONFIGURATION_FOLDER = '/etc/pp-db-collector';
export const STATE_FOLDER = '/var/lib/pp-db-collector';

/** A value that is set in place of another one. */
export interface Change {
  readonly path: KeyPath;
  readonly value: string | boolean;
  /** What the value is taken from. */
  readonly reference?: Reference;
}

/** Where the daemon listens in a pod, and what tells it who may ask. */
export interface PodStatus {
  readonly port: number;
  readonly token: Reference;
}

export const EVERYWHERE: readonly string[] = ['0.0.0.0', '::'];
const DEFAULT_TOKEN: Reference = { kind: 'variable', name: 'STATUS_TOKEN', isOptional: false };

/** What the daemon's own HTTP needs to be reached in a pod. */
export function statusInPod(exportable: Exportable): {
  readonly status?: PodStatus;
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
} {
  const { listen } = exportable.config.http;
  if (listen === undefined) {
    const refusal = {
      message: 'expected an address at which probes reach the daemon, got off',
      suggestion: 'leave http.listen out, or export --cronjobs, which need none',
    };
    return { changes: [], findings: [refusedSetting(exportable, ['http', 'listen'], refusal)] };
  }
  const isReached = EVERYWHERE.includes(listen.host);
  const changes: Change[] = isReached ? [] : [{ path: ['http', 'listen'], value: `0.0.0.0:${listen.port}` }];
  const written = tokenOf(exportable);
  if (written === 'mixed') {
    const refusal = {
      message:
        'expected one ${NAME} or ${file:PATH}, which Prometheus can be told, got a text made of several parts',
      suggestion: 'take the whole token from one variable or file',
    };
    return { changes, findings: [refusedSetting(exportable, ['http', 'token'], refusal)] };
  }
  const token = required(written ?? DEFAULT_TOKEN);
  if (written !== token)
    changes.push({ path: ['http', 'token'], value: referenceText(token), reference: token });
  return { status: { port: listen.port, token }, changes, findings: [] };
}

/** The same, or the same without anything that may stand for it: whoever reaches a pod must not read its page. */
const required = (reference: Reference): Reference =>
  reference.kind === 'variable' && reference.isOptional ? { ...reference, isOptional: false } : reference;

const referenceText = (reference: Reference): string =>
  reference.kind === 'variable' ? `\${${reference.name}}` : `\${file:${reference.path}}`;

/** What the token is taken from; a token that is written out is refused elsewhere. */
function tokenOf({ files: [main] }: Exportable): Reference | 'mixed' | undefined {
  const token = main?.tree === undefined ? undefined : treeAt(main.tree, ['http', 'token']);
  if (token?.kind !== 'scalar' || token.outside === undefined) return undefined;
  const [reference] = token.outside.references;
  return token.outside.whole && reference !== undefined ? reference : 'mixed';
}

/** Paths that lead elsewhere in a pod. @param podPathOf where a file will be, below the folder of configuration */
export function pathsInPod(
  { config, folder, files }: Exportable,
  podPathOf: (path: string) => string,
): readonly Change[] {
  const main = files[0]?.tree;
  const stays = (path: KeyPath): boolean => {
    const written = main === undefined ? undefined : treeAt(main, path);
    if (written?.kind !== 'scalar' || typeof written.value !== 'string') return true;
    return !isAbsolute(written.value) && isWithin(folder, posix.join(folder, written.value));
  };
  const collectors: Change[] = stays(['collectors'])
    ? []
    : [{ path: ['collectors'], value: podPathOf(config.collectors) }];
  const certificates = files.flatMap(({ path, namedAt }): Change[] =>
    namedAt === undefined || namedAt.place.file.path !== files[0]?.path || stays(namedAt.path)
      ? []
      : [{ path: namedAt.path, value: podPathOf(path) }],
  );
  return [...collectors, ...certificates, ...stateInPod(config)];
}

function stateInPod({ state }: Exportable['config']): Change[] {
  if (!('file' in state) || isWithin(STATE_FOLDER, state.file)) return [];
  return [{ path: ['state', 'file'], value: `${STATE_FOLDER}/collector.sqlite` }];
}

/** A file's text with values changed, and a comment that says which. */
export function changedText(text: string, shown: string, changes: readonly Change[]): string {
  if (changes.length === 0) return text;
  const document = parseDocument(text);
  for (const { path, value } of changes) {
    const parent = path.slice(0, -1);
    const node = document.getIn(parent, true);
    // Nothing, or an alias, in whose place its own copy has room for the change.
    if (!isCollection(node)) document.setIn(parent, document.createNode(copyOf(node, document)));
    document.setIn(path, value);
  }
  return `# As ${oneLine(shown)}, but for what is different in a pod: ${changedKeys(changes)}\n${document.toString({ lineWidth: 0 })}`;
}

const copyOf = (node: unknown, document: Document): unknown =>
  (isAlias(node) ? node.resolve(document)?.toJS(document) : undefined) ?? {};

/** `http.listen, state.file` */
export const changedKeys = (changes: readonly Change[]): string =>
  changes.map(({ path }) => formatPath(path)).join(', ');

/** Below the folder of the configuration, with `/` on every system. */
export const below = (folder: string, path: string): string => relative(folder, path).replaceAll('\\', '/');
