import { dirname, resolve } from 'node:path';
import type { Dashboard, DataSetAddress } from '../model/dashboard.ts';
import { deepFreeze } from './config.ts';
import type { DataSetsByAddress } from './dashboard-of-file.ts';
import { type Finding, findingAt } from './finding.ts';
import { listDashboards } from './list-dashboards.ts';
import { loadDashboards, type RejectedDashboard } from './load-dashboards.ts';
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
import { placeOf, type Tree, textAt, treeAt } from './yaml/tree.ts';

/** What `write-api.yaml` says, and everything that is wrong with it. */
export interface LoadedWriteApiConfig {
  /** Absent when the file is wrong. Its paths are absolute, and its schemas are what their files hold. */
  readonly config?: WriteApiFile;
  /** The good ones. */
  readonly dashboards: readonly Dashboard[];
  readonly rejectedDashboards: readonly RejectedDashboard[];
  /** All mistakes of all files, those of write-api.yaml first. */
  readonly problems: readonly Problem[];
}

/** Reads the configuration of `serve`, and the dashboards that it names. Mistakes are problems in the result, never thrown. */
export function loadWriteApiConfig(path: string, options: ReadOptions): LoadedWriteApiConfig {
  const secrets = new Set<string>();
  const { problems, ...loaded } = readWriteApiConfig(path, { ...options, secrets });
  return { ...loaded, problems: deepFreeze(maskedProblems(problems, secrets)) };
}

function readWriteApiConfig(path: string, options: ReadOptions): LoadedWriteApiConfig {
  const absolute = resolve(options.currentDirectory, path);
  const folder = dirname(absolute);
  const { tree: written, findings } = parseFile(absolute, WRITE_API_FILE, options);
  if (written === undefined)
    return { dashboards: [], rejectedDashboards: [], problems: findings.map(problemOf) };
  const { value, tree, findings: invalid } = validate('write-api', writeApiSchema, written);
  const unusable: Finding[] = [];
  const config = value === undefined ? undefined : resolveFiles(value, tree, folder, unusable);
  const { paths, findings: unlisted } = listDashboards(tree, folder, options);
  const own = inOrder([...findings, ...invalid, ...unusable, ...unlisted].map(problemOf));
  // The dashboards are read although write-api.yaml may be wrong, so that all mistakes are found at once.
  const { dashboards, rejected, problems } = loadDashboards(paths, dataSetsOf(config, tree), options);
  const isWrong = config === undefined || own.some(({ severity }) => severity === 'error');
  return {
    ...(isWrong ? {} : { config: deepFreeze(config) }),
    dashboards: isWrong ? [] : deepFreeze(dashboards),
    rejectedDashboards: rejected,
    problems: [...own, ...problems],
  };
}

/** Undefined where the file does not tell. */
function dataSetsOf(config: WriteApiFile | undefined, tree: Tree): DataSetsByAddress | undefined {
  const addresses: readonly DataSetAddress[] = config?.data_sets ?? addressesIn(tree);
  if (addresses.length === 0) return undefined;
  return new Map(
    addresses.map(({ data_group, data_type, name }) => [
      `${data_group}/${data_type}`,
      { data_group, data_type, name },
    ]),
  );
}

/** What a file with mistakes tells of its data sets. */
function addressesIn(tree: Tree): readonly DataSetAddress[] {
  const list = treeAt(tree, ['data_sets']);
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((item) => {
    const [group, type] = [textAt(item, 'data_group'), textAt(item, 'data_type')];
    return group && type ? [{ data_group: group.value, data_type: type.value, name: '' }] : [];
  });
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
    ...(config.dashboards === undefined ? {} : { dashboards: resolve(folder, config.dashboards) }),
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
