import type { Dashboard } from '../model/dashboard.ts';
import { type DataSetsByAddress, dashboardOfFile } from './dashboard-of-file.ts';
import { type Finding, findingAt, findingOfFile, type KeyPath } from './finding.ts';
import { didYouMean, namesLike } from './nearest-name.ts';
import { inOrder, type Problem, problemOf } from './problem.ts';
import { DASHBOARD_FILE, dashboardSchema } from './schema/dashboard-schema.ts';
import { describeValue } from './schema/schema-findings.ts';
import { validate } from './schema/validate.ts';
import { parseFile, type ReadOptions } from './yaml/parse-file.ts';
import { shownPath } from './yaml/source-file.ts';
import { type Tree, treeAt } from './yaml/tree.ts';
import { isNameOfFile, NAME_FORM, nameOfFile } from './yaml-files.ts';

/** A dashboard that cannot be shown, because its file is wrong. */
export interface RejectedDashboard {
  readonly slug: string;
  /** Path of the file, as messages show it. */
  readonly file: string;
}

export interface LoadedDashboards {
  readonly dashboards: readonly Dashboard[];
  readonly rejected: readonly RejectedDashboard[];
  readonly problems: readonly Problem[];
}

/**
 * Reads the files of dashboards. Nothing in them is taken from outside: what they say stands on pages that everybody
 * reads, and `${file:…}` would put secrets there.
 *
 * @param dataSets undefined: nobody knows which there are, because write-api.yaml does not tell
 */
export function loadDashboards(
  paths: readonly string[],
  dataSets: DataSetsByAddress | undefined,
  options: ReadOptions,
): LoadedDashboards {
  const namesakes = Map.groupBy(paths, nameOfFile);
  const [dashboards, rejected, all]: [Dashboard[], RejectedDashboard[], Problem[]] = [[], [], []];
  for (const path of paths) {
    const [slug, file] = [nameOfFile(path), shownPath(path, options.currentDirectory)];
    const others = (namesakes.get(slug) ?? []).filter((other) => other !== path);
    const { tree, findings } = parseFile(path, DASHBOARD_FILE, options, DASHBOARD_FILE.keys);
    const checked = tree && validate('dashboard', dashboardSchema, tree);
    const problems = inOrder(
      [
        ...nameFindings(
          file,
          slug,
          others.map((other) => shownPath(other, options.currentDirectory)),
        ),
        ...findings,
        ...(checked?.findings ?? []),
        ...(checked && dataSets ? dataSetFindings(checked.tree, [...dataSets.keys()]) : []),
      ].map(problemOf),
    );
    all.push(...problems);
    if (checked?.value === undefined || problems.some(({ severity }) => severity === 'error'))
      rejected.push({ slug, file });
    else if (dataSets !== undefined) dashboards.push(dashboardOfFile(checked.value, slug, file, dataSets));
  }
  return { dashboards, rejected, problems: all };
}

function nameFindings(file: string, slug: string, others: readonly string[]): Finding[] {
  const finding = (message: string) => findingOfFile(file, { code: 'dashboard-name', message });
  return [
    ...(isNameOfFile(slug)
      ? []
      : [finding(`expected a file name of ${NAME_FORM}, got ${JSON.stringify(slug)}`)]),
    ...(others.length === 0
      ? []
      : [
          finding(
            `expected a name that no other dashboard has, got ${JSON.stringify(slug)}, which is also ${others.join(', ')}`,
          ),
        ]),
  ];
}

/** Each module names one of the data sets of write-api.yaml. */
function dataSetFindings(tree: Tree, known: readonly string[]): Finding[] {
  return dataSetPaths(tree).flatMap((path) => {
    const scalar = treeAt(tree, path);
    if (scalar?.kind !== 'scalar' || typeof scalar.value !== 'string' || scalar.reported === true) return [];
    const address = scalar.value;
    // Of a text that is no address, the schema tells.
    if (known.includes(address) || !address.includes('/')) return [];
    const got = describeValue(scalar, path);
    return [
      findingAt(scalar.place, path, {
        code: 'unknown-data-set',
        message: `expected a data set of write-api.yaml, got ${got}`,
        suggestion: didYouMean(address, known) ?? `known are: ${namesLike(address, known)}`,
      }),
    ];
  });
}

function dataSetPaths(tree: Tree, base: KeyPath = []): readonly KeyPath[] {
  const path = [...base, 'modules'];
  const modules = treeAt(tree, path);
  if (modules?.kind !== 'list') return [];
  return modules.items.flatMap((_, index) => [
    [...path, index, 'data_set'],
    ...dataSetPaths(tree, [...path, index]),
  ]);
}
