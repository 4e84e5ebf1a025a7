import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { MODES } from '../../model/mode.ts';
import { DIALECTS } from '../../sources/dialects.ts';
import { parseNamedParameters } from '../../sources/parameters.ts';
import { type Complaint, type Finding, findingAt } from '../finding.ts';
import { DEFAULTS_FILES } from '../job-files.ts';
import { JOB_FILE } from '../schema/job-schema.ts';
import { parseFile, type ReadOptions } from './parse-file.ts';
import { readSourceFile, UnreadableFile } from './source-file.ts';
import { type Entry, type MappingTree, merged, type ScalarTree, type Tree } from './tree.ts';
import type { ParsedFile } from './yaml-tree.ts';

/** Reads job files of one folder, each on top of the defaults of the folders it is in. */
export class JobTrees {
  readonly #root: string;
  readonly #options: ReadOptions;
  readonly #defaults = new Map<string, ParsedFile>();

  constructor(root: string, options: ReadOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** The content of a job file with its defaults and the text of its `query_file` filled in. */
  read(path: string): ParsedFile {
    const jobFile = parseFile(path, JOB_FILE, this.#options, ['query']);
    const defaults = this.#defaultsOf(dirname(path));
    const findings = [...defaults.findings, ...jobFile.findings];
    if (jobFile.tree === undefined) return { tree: undefined, findings };
    const tree =
      defaults.tree === undefined
        ? jobFile.tree
        : merged(withoutReplaced(defaults.tree, jobFile.tree), jobFile.tree);
    return { tree: this.#withQueryFile(tree, findings), findings };
  }

  #defaultsOf(folder: string): ParsedFile {
    const known = this.#defaults.get(folder);
    if (known !== undefined) return known;
    const above = folder === this.#root ? nothing : this.#defaultsOf(dirname(folder));
    const path = DEFAULTS_FILES.map((name) => join(folder, name)).find((file) => existsSync(file));
    const defaults =
      path === undefined ? above : stacked(above, parseFile(path, JOB_FILE, this.#options, ['query']));
    this.#defaults.set(folder, defaults);
    return defaults;
  }

  #withQueryFile(tree: Tree, findings: Finding[]): Tree {
    const named = tree.kind === 'mapping' ? tree.entries.get('query_file') : undefined;
    if (tree.kind !== 'mapping' || named?.tree.kind !== 'scalar' || typeof named.tree.value !== 'string')
      return tree;
    if (named.tree.reported === true) return withQuery(tree, named, named.tree);
    if (tree.entries.has('query')) {
      const message = 'expected either query or query_file, got both';
      findings.push(findingAt(named.key, ['query_file'], { code: 'contradiction', message }));
      return tree;
    }
    return withQuery(tree, named, this.#readQuery(named.tree, named.tree.value, findings));
  }

  #readQuery(named: ScalarTree, name: string, findings: Finding[]): ScalarTree {
    try {
      const path = resolve(dirname(named.place.file.path), name);
      const { currentDirectory, bounds } = this.#options;
      const file = readSourceFile(path, currentDirectory, bounds);
      const starts = DIALECTS.map(({ syntax }) => parseNamedParameters(file.text, syntax).start);
      if (starts.includes(undefined)) return { ...named, value: file.text };
      const place = { file, start: 0, end: file.text.length };
      const isQuery = starts.some((start) => QUERY.test(file.text.slice(start)));
      if (isQuery) return { kind: 'scalar', place, value: file.text };
      findings.push(findingAt(named.place, ['query_file'], noQuery));
      return { ...named, reported: true };
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      const message = `expected a readable file, got ${error.reason}`;
      findings.push(findingAt(named.place, ['query_file'], { code: 'unreadable-file', message }));
      return { ...named, reported: true };
    }
  }
}

/** What a query begins with, in one of the databases. Nothing is quoted from a file that begins otherwise. */
const QUERY = /^[(\s]*(?:select|with|values|table|show|explain|describe|desc)\b/i;

const noQuery: Complaint = {
  code: 'wrong-value',
  message: 'expected a file with a query, which begins with SELECT or WITH, got one that begins otherwise',
};

const nothing: ParsedFile = { tree: undefined, findings: [] };

function stacked(above: ParsedFile, own: ParsedFile): ParsedFile {
  const findings = [...above.findings, ...own.findings];
  if (above.tree === undefined || own.tree === undefined) return { tree: own.tree ?? above.tree, findings };
  return { tree: merged(withoutReplaced(above.tree, own.tree), own.tree), findings };
}

/** Keys that say one thing in several ways: one of them in a job file replaces the others of its defaults. */
const ALTERNATIVES: readonly (readonly string[])[] = [['query', 'query_file'], MODES];

function withoutReplaced(under: Tree, over: Tree): Tree {
  if (under.kind !== 'mapping' || over.kind !== 'mapping') return under;
  const entries = new Map(under.entries);
  for (const keys of ALTERNATIVES) {
    if (!keys.some((key) => over.entries.has(key))) continue;
    for (const key of keys) if (!over.entries.has(key)) entries.delete(key);
  }
  return { ...under, entries };
}

function withQuery(tree: MappingTree, named: Entry, query: ScalarTree): MappingTree {
  return { ...tree, entries: new Map([...tree.entries, ['query', { ...named, tree: query }]]) };
}
