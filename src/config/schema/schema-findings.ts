import type { z } from 'zod';
import { complaintOf } from '../check/complain.ts';
import { type Finding, findingAt, type KeyPath, type Place } from '../finding.ts';
import { didYouMean, namesLike, nearestName } from '../nearest-name.ts';
import { gluedSecret, isSecretPath } from '../yaml/secret-keys.ts';
import { isReported, keyPlace, placeOf, type Tree, treeAt } from '../yaml/tree.ts';
import { type FileKind, knownKeys } from './json-schema.ts';

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

type Issue = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};
const COLLECTIONS: readonly unknown[] = ['object', 'record', 'array'];

/** What should stand at an issue for which the schema has no words of its own. */
export function expectation(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type') return KINDS[String(issue.expected)] ?? String(issue.expected);
  if (issue.code !== 'invalid_value') return 'another value';
  const values = (issue.values as readonly unknown[]).map(String);
  return values.length > 1 ? `${values.slice(0, -1).join(', ')} or ${values.at(-1)}` : String(values[0]);
}

/** The issues of a schema as findings at the places of their values; those that are reported already left out. */
export function schemaFindings(kind: FileKind, tree: Tree, issues: readonly Issue[]): Finding[] {
  return issues
    .flatMap((issue) => flatten(issue, []))
    .flatMap(({ issue, path }) => {
      if (isReported(tree, path)) return [];
      return issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownKey(kind, tree, [...path, key]))
        : [findingOf(kind, tree, issue, path)];
    });
}

/** A key that is not known but near to one that is missing beside it. */
interface MisspeltKey {
  /** The way to the mapping. */
  readonly path: KeyPath;
  readonly key: string;
  readonly meant: string;
  readonly finding: Finding;
}

/** The misspelt keys that the issues tell of. */
export function misspeltKeys(kind: FileKind, tree: Tree, issues: readonly Issue[]): readonly MisspeltKey[] {
  const misspelt = new Map<string, MisspeltKey>();
  for (const { issue, path } of issues.flatMap((each) => flatten(each, []))) {
    if (issue.code !== 'unrecognized_keys') continue;
    for (const key of issue.keys) {
      const meant = nearestName(key, knownKeys(kind, path));
      if (meant === undefined || treeAt(tree, [...path, meant]) !== undefined) continue;
      const place = JSON.stringify([...path, meant]);
      // Of two that may be meant for the same key the first one is.
      if (misspelt.has(place)) continue;
      misspelt.set(place, { path, key, meant, finding: unknownKey(kind, tree, [...path, key]) });
    }
  }
  return [...misspelt.values()];
}

interface Located {
  readonly issue: Issue;
  readonly path: KeyPath;
}

function flatten(issue: Issue, base: KeyPath): Located[] {
  const path = [...base, ...(issue.path as KeyPath)];
  const branch = issue.code === 'invalid_union' ? meantBranch(issue.errors) : undefined;
  return branch === undefined ? [{ issue, path }] : branch.flatMap((inner) => flatten(inner, path));
}

/**
 * The alternative of a union that the value was meant to be: of the right kind, with the fewest mistakes; undefined
 * when unclear.
 */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const possible = branches
    .filter((issues) => !issues.some(isWrongKind))
    .map((issues) => ({ issues, mistakes: issues.reduce((sum, issue) => sum + mistakesIn(issue), 0) }))
    .sort((one, other) => one.mistakes - other.mistakes);
  const [best, next] = possible;
  return next !== undefined && next.mistakes === best?.mistakes ? undefined : best?.issues;
}

const isWrongKind = (issue: Issue): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' ||
    issue.code === 'invalid_value' ||
    (issue.code === 'invalid_union' && meantBranch(issue.errors) === undefined));

const noMergeKeys = (kind: FileKind): string =>
  `YAML 1.2 has no merge keys; ${kind === 'job' ? 'shared keys of jobs belong into a defaults.yaml' : 'write the keys themselves'}`;

const mistakesIn = (issue: Issue): number => (issue.code === 'unrecognized_keys' ? issue.keys.length : 1);

function unknownKey(kind: FileKind, tree: Tree, path: KeyPath): Finding {
  const key = String(path.at(-1));
  const known = knownKeys(kind, path.slice(0, -1));
  const secretWord = gluedSecret(key);
  const shownKey = secretWord === undefined ? key : `${secretWord}…`;
  const place = keyPlace(tree, path) ?? placeOf(tree, path);
  if (secretWord !== undefined) hide(place);
  return findingAt(place, [...path.slice(0, -1), shownKey], {
    code: 'unknown-key',
    message: `expected a known key, got ${JSON.stringify(shownKey)}`,
    suggestion:
      key === '<<'
        ? noMergeKeys(kind)
        : (didYouMean(key, known) ?? `known here: ${namesLike(shownKey, known)}`),
  });
}

function findingOf(kind: FileKind, tree: Tree, issue: Issue, path: KeyPath): Finding {
  const complaint = complaintOf(issue);
  const value = treeAt(tree, path);
  const isOfKey = issue.code === 'invalid_key';
  const atKey = isOfKey || complaint?.atKey === true;
  const place = atKey ? keyPlace(tree, path) : placeOfPart(value, complaint?.part);
  const expectsCollection = issue.code === 'invalid_type' && COLLECTIONS.includes(issue.expected);
  // What stands in the place of a mapping may be the one value of it that somebody thought of.
  if (expectsCollection && value?.kind === 'scalar') hide(value.place);
  const description = isOfKey ? quote(String(path.at(-1))) : describeValue(value, path, !expectsCollection);
  const isForeign = !isOfKey && value?.kind === 'scalar' && value.outside !== undefined;
  const got = isForeign ? description : (complaint?.got ?? description);
  return findingAt(place ?? placeOf(tree, path), path, {
    code: complaint?.code ?? (value === undefined ? 'missing-key' : 'wrong-value'),
    message: `expected ${issue.message}, got ${got}`,
    suggestion:
      complaint === undefined && !isOfKey ? suggestion(kind, issue, path, value) : complaint?.suggestion,
  });
}

/** Of a part of a text, where it is written as it reads: without escapes, and not from outside. */
function placeOfPart(tree: Tree | undefined, part: readonly [number, number] | undefined): Place | undefined {
  if (tree?.kind !== 'scalar' || typeof tree.value !== 'string' || part === undefined) return undefined;
  if (tree.outside !== undefined && tree.outside.from.length > 0) return undefined;
  const { file, start, end } = tree.place;
  const index = file.text.slice(start, end).indexOf(tree.value);
  return index === -1 ? undefined : { file, start: start + index + part[0], end: start + index + part[1] };
}

const hide = ({ file, start, end }: Place) => file.secretSpans.push([start, end]);

const TRUTH: ReadonlyMap<string, string> = new Map([
  ['yes', 'true'],
  ['on', 'true'],
  ['no', 'false'],
  ['off', 'false'],
]);

function suggestion(
  kind: FileKind,
  issue: Issue,
  path: KeyPath,
  value: Tree | undefined,
): string | undefined {
  if (value?.kind === 'mapping' && issue.code === 'invalid_union') {
    const known = knownKeys(kind, path);
    const [unknown] = Array.from(value.entries.keys()).filter((key) => !known.includes(key));
    return unknown === undefined ? undefined : didYouMean(unknown, known);
  }
  if (value?.kind !== 'scalar' || value.outside !== undefined) return undefined;
  if (typeof value.value === 'string') {
    if (issue.code === 'invalid_value') return didYouMean(value.value, issue.values.map(String));
    const truth = TRUTH.get(value.value.toLowerCase());
    const wantsTruth = issue.code === 'invalid_type' && issue.expected === 'boolean';
    return wantsTruth && truth !== undefined ? `write ${truth}` : undefined;
  }
  const wantsText = issue.code === 'invalid_type' && issue.expected === 'string';
  if (!wantsText || value.value === null) return undefined;
  return issue.message.includes(' (a number and ') ? 'add a unit' : 'put quotes around it';
}
