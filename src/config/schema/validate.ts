import type { z } from 'zod';
import { type Finding, findingAt, type KeyPath } from '../finding.ts';
import { Secret } from '../secret.ts';
import { isPlaceholder, placeholderFindings } from '../yaml/foreign-placeholders.ts';
import { plainValue, type ScalarTree, type Tree, treeAt, withKeyRenamed } from '../yaml/tree.ts';
import type { FileKind } from './json-schema.ts';
import { expectation, misspeltKeys, schemaFindings } from './schema-findings.ts';

export interface Validated<T> {
  /** Undefined when a problem is an error. */
  readonly value: T | undefined;
  /** The file with its keys as they are meant, misspelt ones put right. */
  readonly tree: Tree;
  readonly findings: readonly Finding[];
}

/**
 * Checks a file's tree against its schema; secrets in files are bound so that each use reads them again. A misspelt key
 * is one mistake: what stands under it is checked as what it is meant to be, and no other one misses it.
 */
export function validate<Schema extends z.ZodType>(
  kind: FileKind,
  schema: Schema,
  tree: Tree,
): Validated<z.output<Schema>> {
  const findings = placeholderFindings(tree);
  let [meant, result] = [tree, parse(schema, tree)];
  const misspelt: Finding[] = [];
  while (!result.success) {
    const keys = misspeltKeys(kind, meant, result.error.issues);
    if (keys.length === 0) break;
    misspelt.push(...keys.map(({ finding }) => finding));
    meant = keys.reduce((tree, { path, key, meant }) => withKeyRenamed(tree, path, key, meant), meant);
    result = parse(schema, meant);
  }
  const invalid = result.success ? [] : schemaFindings(kind, meant, result.error.issues);
  if (!result.success || misspelt.length > 0)
    return { value: undefined, tree: meant, findings: [...misspelt, ...invalid, ...findings] };
  bindSecrets(result.data, tree, [], findings);
  return { value: result.data, tree, findings };
}

function parse<Schema extends z.ZodType>(schema: Schema, tree: Tree): z.ZodSafeParseResult<z.output<Schema>> {
  const input = plainValue(tree);
  // For the few files there are, it takes longer to make code of a schema than to go by it.
  const parsed = () => schema.safeParse(input, { error: expectation, jitless: true });
  const result = parsed();
  return !result.success && retype(input, tree, result.error.issues, []) ? parsed() : result;
}

/** Where a number or true or false is wanted and one `${…}` stands, its text is read as such. Whether any was. */
function retype(input: unknown, tree: Tree, issues: readonly z.core.$ZodIssue[], base: KeyPath): boolean {
  let changed = false;
  for (const issue of issues) {
    const path = [...base, ...(issue.path as KeyPath)];
    if (issue.code === 'invalid_union') {
      for (const branch of issue.errors) changed = retype(input, tree, branch, path) || changed;
    } else if (issue.code === 'invalid_type') {
      const value = reread(treeAt(tree, path), issue.expected);
      if (value !== undefined) changed = assign(input, path, value) || changed;
    }
  }
  return changed;
}

function reread(tree: Tree | undefined, expected: string): number | boolean | undefined {
  if (tree?.kind !== 'scalar' || tree.outside?.whole !== true) return undefined;
  const { text } = tree.outside;
  if (expected === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  const isNumber = expected === 'number' || expected === 'int';
  return isNumber && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

function assign(input: unknown, path: KeyPath, value: number | boolean): boolean {
  const parent = path.slice(0, -1).reduce(childOf, input);
  const last = path.at(-1);
  return (
    last !== undefined && typeof parent === 'object' && parent !== null && Reflect.set(parent, last, value)
  );
}

const childOf = (value: unknown, step: KeyPath[number]): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;

function bindSecrets(value: unknown, tree: Tree, path: KeyPath, findings: Finding[]): void {
  if (typeof value !== 'object' || value === null || value instanceof Secret) return;
  for (const [key, child] of Object.entries(value)) {
    const childPath = [...path, key];
    const scalar = treeAt(tree, childPath);
    if (!(child instanceof Secret)) bindSecrets(child, tree, childPath, findings);
    else if (scalar?.kind === 'scalar') {
      const { readAgain } = scalar.outside ?? {};
      if (readAgain !== undefined) Reflect.set(value, key, new Secret(readAgain));
      if (isExposed(scalar)) findings.push(exposedSecret(scalar, childPath));
    }
  }
}

/** Whether a secret stands in a file that everybody may read. A URL is one only with a password in it. */
function isExposed(scalar: ScalarTree): boolean {
  const { place, value, outside } = scalar;
  if (!place.file.readableByOthers || (outside?.from.length ?? 0) > 0 || isPlaceholder(scalar)) return false;
  const url = URL.parse(String(value));
  return url === null || url.password !== '';
}

function exposedSecret(scalar: ScalarTree, path: KeyPath): Finding {
  return findingAt(scalar.place, path, {
    severity: 'warning',
    code: 'exposed-secret',
    message: 'expected a secret from outside, got one in a file that every user of this machine can read',
    suggestion: `write it as \${NAME} or \${file:PATH}, or run chmod o-r ${scalar.place.file.shown}`,
  });
}
