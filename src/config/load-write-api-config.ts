import { dirname, resolve } from 'node:path';
import { deepFreeze } from './config.ts';
import { type Finding, findingAt } from './finding.ts';
import { inOrder, maskedProblems, type Problem, problemOf } from './problem.ts';
import { validate } from './schema/validate.ts';
import {
  type DataSetSettings,
  WRITE_API_FILE,
  type WriteApiFile,
  writeApiSchema,
} from './schema/write-api-schema.ts';
import { parseFile, type ReadOptions } from './yaml/parse-file.ts';
import { readSourceFile, UnreadableFile } from './yaml/source-file.ts';
import { placeOf, type Tree } from './yaml/tree.ts';

/** What `write-api.yaml` says, and everything that is wrong with it. */
export interface LoadedWriteApiConfig {
  /** Absent when the file is wrong. Its paths are absolute, and its schemas are what their files hold. */
  readonly config?: WriteApiFile;
  readonly problems: readonly Problem[];
}

/** Reads the configuration of `serve`. Mistakes are problems in the result, never thrown. */
export function loadWriteApiConfig(path: string, options: ReadOptions): LoadedWriteApiConfig {
  const secrets = new Set<string>();
  const { problems, ...loaded } = readWriteApiConfig(path, { ...options, secrets });
  return { ...loaded, problems: deepFreeze(maskedProblems(problems, secrets)) };
}

function readWriteApiConfig(path: string, options: ReadOptions): LoadedWriteApiConfig {
  const absolute = resolve(options.currentDirectory, path);
  const { tree, findings } = parseFile(absolute, WRITE_API_FILE, options);
  if (tree === undefined) return { problems: findings.map(problemOf) };
  const { value, findings: invalid } = validate('write-api', writeApiSchema, tree);
  const unusable: Finding[] = [];
  const config = value === undefined ? undefined : resolveFiles(value, tree, dirname(absolute), unusable);
  const problems = inOrder([...findings, ...invalid, ...unusable].map(problemOf));
  const isWrong = config === undefined || problems.some(({ severity }) => severity === 'error');
  return isWrong ? { problems } : { config: deepFreeze(config), problems };
}

function resolveFiles(config: WriteApiFile, tree: Tree, folder: string, findings: Finding[]): WriteApiFile {
  const readSchema = (settings: DataSetSettings, index: number): DataSetSettings => {
    if (typeof settings.schema !== 'string') return settings;
    const schema = readJson(resolve(folder, settings.schema));
    if (typeof schema === 'object') return { ...settings, schema };
    const path = ['data_sets', index, 'schema'];
    const message = `expected a file with a JSON Schema, got ${schema}`;
    findings.push(findingAt(placeOf(tree, path), path, { code: 'unreadable-file', message }));
    return settings;
  };
  return {
    ...config,
    storage: 'file' in config.storage ? { file: resolve(folder, config.storage.file) } : config.storage,
    data_sets: config.data_sets.map(readSchema),
  };
}

/** The object in a file, or what the file is instead, to follow "got". */
function readJson(path: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(readSourceFile(path, dirname(path)).text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : 'a file without a JSON object';
  } catch (error) {
    if (error instanceof UnreadableFile) return error.reason;
    if (error instanceof SyntaxError) return 'a file that is not JSON';
    throw error;
  }
}
