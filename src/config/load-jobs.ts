import type { Dialect } from '../sources/dialect.ts';
import { checkQueryText } from './check/query.ts';
import { queryModeOf } from './check/query-mode.ts';
import { type Job, jobOfFile } from './config.ts';
import { type FilledJobFile, filledIn } from './filled-in.ts';
import { type Finding, findingAt, findingOfFile } from './finding.ts';
import { jobPlaces } from './job-places.ts';
import { didYouMean, firstNames, namesLike } from './nearest-name.ts';
import { inOrder, type Problem, problemOf } from './problem.ts';
import { jobSchema } from './schema/job-schema.ts';
import { describeValue } from './schema/schema-findings.ts';
import { type Validated, validate } from './schema/validate.ts';
import { type ShownFile, shownJob } from './shown-job.ts';
import { JobTrees } from './yaml/job-tree.ts';
import type { ReadOptions } from './yaml/parse-file.ts';
import { shownPath } from './yaml/source-file.ts';
import { placeOf, type Tree, textAt } from './yaml/tree.ts';
import type { ParsedFile } from './yaml/yaml-tree.ts';
import { isNameOfFile, NAME_FORM, nameOfFile } from './yaml-files.ts';

/** A job that cannot run, because its file or its folder's defaults are wrong. */
export interface RejectedJob {
  readonly name: string;
  /** Path of the job file, as messages show it. */
  readonly file: string;
  readonly problems: readonly Problem[];
}

/** What config.yaml tells about jobs. */
export interface JobSurroundings {
  /** The databases by name, with their kinds as far as they are known; undefined when config.yaml does not tell. */
  readonly databases: ReadonlyMap<string, Dialect | undefined> | undefined;
  readonly timezone: string;
  /** What pages show of it; undefined: the zone, which did not come from outside. */
  readonly shownZone: string | undefined;
}

export interface LoadedJobs {
  readonly jobs: readonly Job[];
  readonly rejected: readonly RejectedJob[];
  /** Warnings about jobs that run and the errors of those that do not. */
  readonly problems: readonly Problem[];
}

/** Reads the job files `paths` below the folder `root`. */
export function loadJobs(
  root: string,
  paths: readonly string[],
  surroundings: JobSurroundings,
  options: ReadOptions,
): LoadedJobs {
  const trees = new JobTrees(root, options);
  const namesakes = Map.groupBy(paths, nameOfFile);
  const [jobs, rejected, all]: [Job[], RejectedJob[], Problem[]] = [[], [], []];
  for (const path of paths) {
    const [name, file] = [nameOfFile(path), shownPath(path, options.currentDirectory)];
    const others = (namesakes.get(name) ?? []).filter((other) => other !== path);
    const parsed = trees.read(path);
    const { value, shown, findings } = readJob(parsed, name, surroundings);
    const misnamed = nameFindings(
      file,
      name,
      others.map((other) => shownPath(other, options.currentDirectory)),
    );
    const problems = inOrder([...misnamed, ...findings].map(problemOf));
    if (value === undefined || problems.some(({ severity }) => severity === 'error')) {
      rejected.push({ name, file, problems });
    } else {
      const places = parsed.tree && jobPlaces(parsed.tree, options.secrets ?? []);
      jobs.push(jobOfFile(value, name, file, surroundings.timezone, { shown, places }));
    }
    all.push(...problems);
  }
  return { jobs, rejected, problems: all };
}

interface ReadJob extends Pick<Validated<FilledJobFile>, 'value' | 'findings'> {
  readonly shown: ShownFile | undefined;
}

function readJob({ tree, findings }: ParsedFile, name: string, surroundings: JobSurroundings): ReadJob {
  if (tree === undefined) return { value: undefined, shown: undefined, findings };
  const checked = validate('job', jobSchema, tree);
  const between = [
    ...databaseFindings(checked.tree, surroundings),
    ...queryFindings(checked.tree, surroundings),
  ];
  const value = checked.value && filledIn(checked.value, name, onlyDatabase(surroundings));
  const shown = value === undefined ? undefined : shownJob(value, tree, surroundings.shownZone);
  return { value, shown, findings: [...findings, ...checked.findings, ...between] };
}

/** The name of the database that a job means by naming none; undefined: there are several, or none. */
function onlyDatabase({ databases }: JobSurroundings): string | undefined {
  const [name, ...others] = databases?.keys() ?? [];
  return others.length === 0 ? name : undefined;
}

function databaseFindings(tree: Tree, surroundings: JobSurroundings): Finding[] {
  const path = ['database'];
  const database = textAt(tree, 'database');
  const known = [...(surroundings.databases?.keys() ?? [])];
  if (tree.kind !== 'mapping') return [];
  if (!tree.entries.has('database')) {
    if (onlyDatabase(surroundings) !== undefined) return [];
    const message = 'expected the name of a database of config.yaml, got nothing';
    const suggestion = known.length === 0 ? {} : { suggestion: `known are: ${firstNames(known)}` };
    return [findingAt(placeOf(tree, path), path, { code: 'missing-key', message, ...suggestion })];
  }
  if (database === undefined || known.length === 0 || known.includes(database.value)) return [];
  return [
    findingAt(database.place, path, {
      code: 'unknown-database',
      message: `expected the name of a database of config.yaml, got ${describeValue(database, path)}`,
      suggestion: didYouMean(database.value, known) ?? `known are: ${namesLike(database.value, known)}`,
    }),
  ];
}

function queryFindings(tree: Tree, surroundings: JobSurroundings): Finding[] {
  const query = textAt(tree, 'query');
  const database = textAt(tree, 'database')?.value ?? onlyDatabase(surroundings) ?? '';
  const dialect = surroundings.databases?.get(database);
  if (query === undefined || dialect === undefined) return [];
  return checkQueryText(query, dialect.syntax, queryModeOf(tree));
}

function nameFindings(file: string, name: string, others: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  if (!isNameOfFile(name)) {
    const message = `expected a file name of ${NAME_FORM}, got ${JSON.stringify(name)}`;
    findings.push(findingOfFile(file, { code: 'job-name', message }));
  }
  if (others.length > 0) {
    const message = `expected a name that no other job has, got ${JSON.stringify(name)}, which is also ${firstNames(others)}`;
    findings.push(findingOfFile(file, { code: 'job-name', message }));
  }
  return findings;
}
