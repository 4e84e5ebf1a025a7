import { type Finding, findingAt, type KeyPath } from '../finding.ts';
import { isSecretPath } from './secret-keys.ts';
import type { ScalarTree, Tree } from './tree.ts';

/**
 * How other programs write that a value comes from outside, and people where one is to be put in: `$NAME`, `%{NAME}`,
 * `{{NAME}}`, `<NAME>`.
 */
const FORMS = [
  '\\$(\\w+)',
  '\\$\\((\\w+)\\)',
  '%\\{(\\w+)\\}',
  '%(\\w+)%',
  '\\{\\{ *\\.?([\\w.-]+) *\\}\\}',
  '<([\\w -]+)>',
].join('|');

/** The whole text, or a whole part of a URL. */
const PLACEHOLDER = new RegExp(`(?:^|(?<=[:/@]))(?:${FORMS})(?:$|(?=[:/@?]))`);
/** What cannot be a secret that happens to begin with a dollar sign. */
const VARIABLE = /^[A-Z][A-Z0-9_]+$/;

/** How a text that is a placeholder for a secret is written here; undefined when it is none. */
export function referenceFor(text: string): string | undefined {
  const match = PLACEHOLDER.exec(text);
  if (match === null) return undefined;
  const name = match.slice(1).find((group) => group !== undefined) ?? '';
  return VARIABLE.test(name) ? `\${${name}}` : '${NAME}';
}

/** Whether a value was written into the file and is a placeholder for one. */
export const isPlaceholder = ({ value, outside }: ScalarTree): boolean =>
  typeof value === 'string' && (outside?.from.length ?? 0) === 0 && referenceFor(value) !== undefined;

/** A warning for each secret in whose place something stands that would be sent as it is. */
export function placeholderFindings(tree: Tree, path: KeyPath = []): Finding[] {
  if (tree.kind === 'mapping')
    return [...tree.entries].flatMap(([key, entry]) => placeholderFindings(entry.tree, [...path, key]));
  if (tree.kind === 'list')
    return tree.items.flatMap((item, index) => placeholderFindings(item, [...path, index]));
  if (!isSecretPath(path) || !isPlaceholder(tree)) return [];
  const complaint = {
    severity: 'warning',
    code: 'placeholder',
    message:
      'expected a secret or ${NAME}, got what looks like a placeholder, which would be used as it stands',
    suggestion: `write it as ${referenceFor(String(tree.value))}`,
  } as const;
  return [findingAt(tree.place, path, complaint)];
}
