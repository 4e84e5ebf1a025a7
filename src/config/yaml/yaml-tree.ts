import {
  type Alias,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import {
  type Complaint,
  type Finding,
  findingAt,
  findingOfFile,
  type KeyPath,
  type Place,
} from '../finding.ts';
import { expand, type Surroundings } from './expand.ts';
import { referenceFor } from './foreign-placeholders.ts';
import {
  isCredential,
  isReference,
  isSecretPath,
  mayBeSecret,
  pathToSecret,
  secretsIn,
} from './secret-keys.ts';
import type { SourceFile } from './source-file.ts';
import { syntaxFindings } from './syntax.ts';
import type { Entry, ScalarTree, Tree } from './tree.ts';

/** The most values that aliases may stand for in one file: stops bombs, allows every honest use. */
const MAX_ALIASED_VALUES = 10_000;
const MAX_DEPTH = 100;

export interface ParsedFile {
  /** Undefined when the file is not YAML; with findings in single values these are marked as reported. */
  readonly tree: Tree | undefined;
  readonly findings: Finding[];
}

/**
 * Reads YAML 1.2 and fills in `${…}` in its strings, except under the top-level keys of `literal`. Recursion, tags,
 * duplicate keys and numbers that would not arrive as written are findings.
 */
export function parseTree(
  file: SourceFile,
  surroundings: Surroundings,
  literal: readonly string[] = [],
): ParsedFile {
  const document = parseDocument(file.text, {
    version: '1.2',
    strict: true,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const findings = syntaxFindings(file, document);
  if (findings.length > 0) return { tree: undefined, findings };
  if (document.contents === null) {
    const empty: Complaint = { code: 'yaml-syntax', message: 'expected keys and values, got an empty file' };
    return { tree: undefined, findings: [findingOfFile(file.shown, empty)] };
  }
  const reader = new TreeReader(file, surroundings, literal, findings);
  const tree = reader.read(document.contents, []);
  return { tree: reader.isExhausted ? undefined : tree, findings };
}

class TreeReader {
  readonly #file: SourceFile;
  readonly #surroundings: Surroundings;
  readonly #literal: readonly string[];
  readonly #findings: Finding[];
  readonly #anchors = new Map<string, Node>();
  /** The anchored nodes that are being read, to notice aliases of what they are in. */
  readonly #open = new Set<Node>();
  #aliasDepth = 0;
  #aliased = 0;

  constructor(file: SourceFile, surroundings: Surroundings, literal: readonly string[], findings: Finding[]) {
    this.#file = file;
    this.#surroundings = surroundings;
    this.#literal = literal;
    this.#findings = findings;
  }

  /** Whether aliases stood for too much, so that the tree is not all there is. */
  get isExhausted(): boolean {
    return this.#aliased > MAX_ALIASED_VALUES;
  }

  /** `at`: where the value stands in the file, which for an alias is not where its text is. */
  read(node: Node, path: KeyPath, at: Place = this.#place(node)): Tree {
    if (path.length > MAX_DEPTH)
      return this.#refuse(at, path, 'expected at most 100 levels of nesting, got more');
    if (this.isExhausted) return { kind: 'scalar', place: at, value: null };
    if (this.#aliasDepth > 0 && ++this.#aliased > MAX_ALIASED_VALUES) {
      return this.#refuse(at, [], `expected aliases for at most ${MAX_ALIASED_VALUES} values, got more`);
    }
    if (isAlias(node)) return this.#readAlias(node, path, at);
    if (node.anchor === undefined) return this.#readValue(node, path, at);
    this.#anchors.set(node.anchor, node);
    this.#open.add(node);
    const tree = this.#readValue(node, path, at);
    this.#open.delete(node);
    return tree;
  }

  #readValue(node: Node, path: KeyPath, at: Place): Tree {
    if (node.tag !== undefined) {
      const advice = 'put quotes around a text that begins with !; write ${NAME} for an environment variable';
      return this.#refuse(at, path, 'expected a value without a tag, got one that begins with !', advice);
    }
    if (isMap(node)) return this.#readMapping(node, path, at);
    if (isSeq(node)) {
      const items = node.items.map((item, index) => this.read(item as Node, [...path, index]));
      return { kind: 'list', place: at, items };
    }
    return this.#readScalar(node as Scalar, path, at);
  }

  #readAlias(alias: Alias, path: KeyPath, at: Place): Tree {
    const node = this.#anchors.get(alias.source);
    if (node === undefined) {
      const advice = 'put quotes around a text that begins with *';
      return this.#refuse(at, path, 'expected an alias of an anchor (&name) above, got one of none', advice);
    }
    if (this.#open.has(node)) {
      return this.#refuse(at, path, 'expected an alias of a value outside, got one of the value it is in');
    }
    this.#aliasDepth++;
    const tree = this.read(node, path, at);
    this.#aliasDepth--;
    return tree;
  }

  #readMapping(map: YAMLMap, path: KeyPath, at: Place): Tree {
    const entries = new Map<string, Entry>();
    const isBelowSecret = pathToSecret([...path, '']).length <= path.length;
    for (const { key: keyNode, value } of map.items) {
      const key = this.#place(keyNode as Node, at);
      if (isBelowSecret) this.#file.secretSpans.push([key.start, key.end]);
      const name = keyText(keyNode);
      const first = name === undefined ? undefined : entries.get(name);
      if (name === undefined || name === '__proto__') {
        const reference = mayBeSecret(path)
          ? referenceFor(this.#file.text.slice(...this.#span(map)))
          : undefined;
        const advice =
          reference === undefined ? 'put quotes around the key' : `write ${reference} for the value`;
        this.#refuse(key, path, 'expected a text as key, got something else', advice);
      } else if (first !== undefined) {
        this.#complainOfDuplicate(key, [...path, name], first.key);
      } else {
        const nothing = { ...key, start: key.end };
        if (mayBeSecret([...path, name])) this.#hide(key, value);
        const tree: Tree =
          value === null
            ? { kind: 'scalar', place: nothing, value: null }
            : this.read(value as Node, [...path, name]);
        entries.set(name, { key, tree });
      }
    }
    return { kind: 'mapping', place: at, entries };
  }

  #readScalar(node: Scalar, path: KeyPath, at: Place): Tree {
    if (mayBeSecret(path) && !isReference(node.value)) this.#file.secretSpans.push(this.#span(node));
    const { value } = node;
    if (typeof value === 'number' && String(value) !== node.source) return this.#refuseNumber(node, path, at);
    if (typeof value !== 'string') return { kind: 'scalar', place: at, value: value as ScalarTree['value'] };
    if (path.length === 1 && this.#literal.includes(String(path[0])))
      return this.#readLiteral(node, path, at);
    const expansion = value.includes('${') ? expand(value, this.#surroundingsOf(path)) : undefined;
    if (expansion !== undefined && 'code' in expansion)
      return this.#complain(at, path, mayBeSecret(path) ? withoutSecret(expansion) : expansion);
    const text = expansion?.text ?? value;
    if (isSecretPath(path))
      for (const secret of secretsIn(path, text)) this.#surroundings.secrets?.add(secret);
    return { kind: 'scalar', place: at, value: text, outside: expansion };
  }

  /** Only what nothing but the write API or a database looks at may be stood in for. */
  #surroundingsOf(path: KeyPath): Surroundings {
    const { standIn, ...others } = this.#surroundings;
    return standIn !== undefined && isCredential(path) ? { ...others, standIn } : others;
  }

  #readLiteral(node: Scalar, path: KeyPath, at: Place): Tree {
    if (node.type === 'PLAIN' && node.comment !== undefined && node.comment !== null) {
      const advice = 'write it as a block after "|", where # belongs to the text';
      return this.#refuse(at, path, 'expected the whole text, got one that YAML ends before " #"', advice);
    }
    return { kind: 'scalar', place: at, value: String(node.value) };
  }

  #refuseNumber(node: Scalar, path: KeyPath, at: Place): ScalarTree {
    const spelling = mayBeSecret(path) ? undefined : node.source;
    return this.#refuse(
      at,
      path,
      `expected a plain number or a text in quotes, got ${spelling ?? 'a number that YAML would change'}`,
      spelling === undefined
        ? 'put quotes around it'
        : `write "${spelling}" for the text or ${node.value} for the number`,
    );
  }

  #complainOfDuplicate(key: Place, path: KeyPath, first: Place): void {
    const { line } = this.#file.position(first.start);
    const shownKey = pathToSecret(path) === path ? JSON.stringify(path.at(-1)) : 'one of the same text';
    this.#complain(key, path, {
      code: 'duplicate-key',
      message: `expected each key once, got a second ${shownKey}`,
      suggestion: `the first is in line ${line}`,
    });
  }

  #refuse(at: Place, path: KeyPath, message: string, suggestion?: string): ScalarTree {
    return this.#complain(at, path, { code: 'yaml-syntax', message, suggestion });
  }

  #complain(at: Place, path: KeyPath, complaint: Complaint): ScalarTree {
    this.#findings.push(findingAt(at, path, complaint));
    return { kind: 'scalar', place: at, value: '', reported: true };
  }

  #place(node: Node | null, otherwise?: Place): Place {
    if (node === null && otherwise !== undefined) return otherwise;
    const [start, end] = node === null ? ([0, 0] as const) : this.#span(node);
    return { file: this.#file, start, end };
  }

  /**
   * Hides from excerpts what stands under a secret's key, with its tag or anchor. The parts of a mapping
   * are hidden by their own keys.
   */
  #hide(key: Place, value: unknown): void {
    if (!isNode(value) || isMap(value) || (isScalar(value) && isReference(value.value))) return;
    const gap = /\s*:\s*/y;
    gap.lastIndex = key.end;
    this.#file.secretSpans.push([gap.test(this.#file.text) ? gap.lastIndex : key.end, this.#span(value)[1]]);
  }

  #span(node: Node): readonly [number, number] {
    return [node.range?.[0] ?? 0, node.range?.[1] ?? 0];
  }
}

/** A message after `:?` that is one word may be the secret, by somebody who meant `:-`. */
const withoutSecret = ({ suggestion, ...complaint }: Complaint): Complaint =>
  suggestion === undefined || /\S\s+\S/.test(suggestion) ? { ...complaint, suggestion } : complaint;

/** Keys are texts as written: `no`, `1` and `0123` stay what they are. */
function keyText(key: unknown): string | undefined {
  if (!isScalar(key) || key.tag !== undefined || key.source === '') return undefined;
  return typeof key.value === 'string' ? key.value : key.source;
}
