import type { KeyPath } from '../finding.ts';
import { isSecretPath } from '../yaml/secret-keys.ts';
import type { Tree } from '../yaml/tree.ts';

const LONGEST = 60;

/**
 * What stands at a place, to follow "got". Texts are shown only when `mayShow`, and never when they are secret, came
 * from outside or hold credentials.
 */
export function describeValue(tree: Tree | undefined, path: KeyPath, mayShow = true): string {
  if (tree === undefined) return 'nothing';
  if (tree.kind !== 'scalar') return tree.kind === 'list' ? 'a list' : 'a mapping';
  if (tree.value === null || tree.value === '') return tree.value === null ? 'nothing' : '""';
  if (tree.outside !== undefined && tree.outside.from.length > 0)
    return `the value of ${tree.outside.from.join(', ')}`;
  const isHidden =
    !mayShow || isSecretPath(path) || (typeof tree.value === 'string' && hasCredentials(tree.value));
  if (isHidden) return kindOf(tree.value);
  return typeof tree.value === 'string' ? quote(tree.value) : String(tree.value);
}

function kindOf(value: string | number | boolean): string {
  if (typeof value === 'string') return 'a text';
  return typeof value === 'number' ? 'a number' : 'true or false';
}

const hasCredentials = (text: string): boolean => /\/\/.*@|[?&][\w-]*(token|password|key)=/i.test(text);

function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
