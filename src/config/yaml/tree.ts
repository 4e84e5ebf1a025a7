import type { KeyPath, Place } from '../finding.ts';
import type { Expansion } from './expand.ts';

/** A file's content between YAML and the schema: plain values that know their places, even after files were merged. */
export type Tree = ScalarTree | ListTree | MappingTree;

export interface ScalarTree {
  readonly kind: 'scalar';
  readonly place: Place;
  readonly value: string | number | boolean | null;
  /** For a string with `${…}` in it: where its text came from. */
  readonly outside?: Expansion | undefined;
  /** A mistake in it is reported already; its value means nothing. */
  readonly reported?: boolean;
}

export interface ListTree {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly Tree[];
}

export interface Entry {
  readonly key: Place;
  readonly tree: Tree;
}

export interface MappingTree {
  readonly kind: 'mapping';
  readonly place: Place;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** The values alone, as new objects and arrays. */
export function plainValue(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plainValue);
  return Object.fromEntries(Array.from(tree.entries, ([key, entry]) => [key, plainValue(entry.tree)]));
}

export function treeAt(tree: Tree, path: KeyPath): Tree | undefined {
  let subtree: Tree | undefined = tree;
  for (const step of path) {
    subtree = subtree === undefined ? undefined : child(subtree, step);
  }
  return subtree;
}

function child(tree: Tree, step: KeyPath[number]): Tree | undefined {
  if (tree.kind === 'mapping') return tree.entries.get(String(step))?.tree;
  return tree.kind === 'list' ? tree.items[Number(step)] : undefined;
}

/** The place of a value; of the nearest key above it when it is missing. */
export function placeOf(tree: Tree, path: KeyPath): Place {
  const subtree = treeAt(tree, path);
  if (subtree !== undefined) return subtree.place;
  for (let length = path.length - 1; length > 0; length--) {
    const key = keyPlace(tree, path.slice(0, length));
    if (key !== undefined) return key;
  }
  return { ...tree.place, end: tree.place.start };
}

/** The place of the key that a value stands under; of the value itself in a list; undefined when it is missing. */
export function keyPlace(tree: Tree, path: KeyPath): Place | undefined {
  const parent = treeAt(tree, path.slice(0, -1));
  if (parent?.kind === 'mapping') return parent.entries.get(String(path.at(-1)))?.key;
  return treeAt(tree, path)?.place;
}

/** Whether a mistake at or above the path is reported already. */
export function isReported(tree: Tree, path: KeyPath): boolean {
  const nearest = path
    .map((_, index) => treeAt(tree, path.slice(0, index + 1)))
    .findLast((ancestor) => ancestor !== undefined);
  return nearest?.kind === 'scalar' && nearest.reported === true;
}

/** The tree with what stands under a key of a mapping standing under another one. */
export function withKeyRenamed(tree: Tree, path: KeyPath, from: string, to: string): Tree {
  const [step, ...rest] = path;
  if (tree.kind === 'list') {
    const renamed = (item: Tree, index: number) =>
      index === step ? withKeyRenamed(item, rest, from, to) : item;
    return { ...tree, items: tree.items.map(renamed) };
  }
  if (tree.kind !== 'mapping') return tree;
  const entries = Array.from(tree.entries, ([key, entry]): [string, Entry] => {
    if (step === undefined) return [key === from ? to : key, entry];
    return [key, key === step ? { ...entry, tree: withKeyRenamed(entry.tree, rest, from, to) } : entry];
  });
  return { ...tree, entries: new Map(entries) };
}

/** `over` on top of `under`: mappings merge, everything else replaces. */
export function merged(under: Tree, over: Tree): Tree {
  if (under.kind !== 'mapping' || over.kind !== 'mapping') return over;
  const entries = new Map(under.entries);
  for (const [key, entry] of over.entries) {
    const below = entries.get(key);
    entries.set(key, below === undefined ? entry : { ...entry, tree: merged(below.tree, entry.tree) });
  }
  return { ...over, entries };
}

/** The text under a key of the top level; undefined when there is none, or not one that can be used. */
export function textAt(tree: Tree, key: string): (ScalarTree & { readonly value: string }) | undefined {
  const scalar = treeAt(tree, [key]);
  if (scalar?.kind !== 'scalar' || typeof scalar.value !== 'string' || scalar.reported === true)
    return undefined;
  return { ...scalar, value: scalar.value };
}
