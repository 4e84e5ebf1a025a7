import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Dialect } from '../sources/dialect.ts';
import { findDialect } from '../sources/dialects.ts';
import { type Config, deepFreeze } from './config.ts';
import { type Complaint, type Finding, findingAt } from './finding.ts';
import { findJobFiles } from './job-files.ts';
import { loadJobs, type RejectedJob } from './load-jobs.ts';
import { checkFiles, resolvePaths } from './named-files.ts';
import { inOrder, maskedProblems, type Problem, problemOf } from './problem.ts';
import { CONFIG_FILE, configSchema } from './schema/config-schema.ts';
import { validate } from './schema/validate.ts';
import { shownAt } from './shown-job.ts';
import { FileBounds, isWithin, parseFile, type ReadOptions } from './yaml/parse-file.ts';
import { shownPath, systemReason, UnreadableFile } from './yaml/source-file.ts';
import { placeOf, type Tree, textAt, treeAt } from './yaml/tree.ts';
import { strayFindings } from './yaml-files.ts';

/** Everything that the files say, and everything that is wrong with them. */
export interface LoadedConfig {
  /** Absent when config.yaml itself is wrong. Its jobs are the good ones. */
  readonly config?: Config;
  readonly rejectedJobs: readonly RejectedJob[];
  /** All mistakes of all files, those of config.yaml first; each once, although defaults may spoil many jobs. */
  readonly problems: readonly Problem[];
}

/** Reads config.yaml and the job files beside it. Mistakes are problems in the result, never thrown. */
export function loadConfig(path: string, options: ReadOptions): LoadedConfig {
  const secrets = new Set<string>();
  const { config, rejectedJobs, problems } = readConfig(path, { ...options, secrets });
  const masked = (unmasked: readonly Problem[]) => maskedProblems(unmasked, secrets);
  return {
    ...(config === undefined ? {} : { config }),
    rejectedJobs: deepFreeze(rejectedJobs.map((job) => ({ ...job, problems: masked(job.problems) }))),
    problems: deepFreeze(masked(problems)),
  };
}

function readConfig(path: string, options: ReadOptions): LoadedConfig {
  const absolute = resolve(options.currentDirectory, path);
  const folder = dirname(absolute);
  const { tree: written, findings } = parseFile(absolute, CONFIG_FILE, options);
  if (written === undefined) return { rejectedJobs: [], problems: findings.map(problemOf) };
  const { tree, ...validated } = validate('config', configSchema, written);
  const value = validated.value === undefined ? undefined : resolvePaths(validated.value, folder);
  const certificates = value === undefined ? [] : checkFiles(value, tree);
  const { root, paths, bounds, findings: unlisted } = listJobs(tree, folder, options);
  const configProblems = inOrder(
    [...findings, ...validated.findings, ...certificates, ...unlisted].map(problemOf),
  );
  // The jobs are read although config.yaml may be wrong, so that all mistakes are found at once.
  const shownZone = shownAt(tree, ['schedule', 'timezone']);
  const surroundings = {
    databases: dialectsOf(tree),
    timezone: value?.schedule.timezone ?? 'UTC',
    shownZone,
  };
  const { jobs, rejected, problems } = loadJobs(root, paths, surroundings, { ...options, bounds });
  const jobsAndProblems = {
    rejectedJobs: rejected,
    problems: inOrder(distinct([...configProblems, ...problems])),
  };
  if (value === undefined || configProblems.some(({ severity }) => severity === 'error'))
    return jobsAndProblems;
  return {
    config: deepFreeze({
      ...{ ...value, collectors: root, file: tree.place.file.shown, jobs },
      ...(shownZone === undefined ? {} : { shownTimezone: shownZone }),
    }),
    ...jobsAndProblems,
  };
}

interface JobList {
  readonly root: string;
  readonly paths: readonly string[];
  readonly bounds: FileBounds;
  readonly findings: readonly Finding[];
}

function listJobs(tree: Tree, folder: string, { currentDirectory }: ReadOptions): JobList {
  const path = ['collectors'];
  const written = textAt(tree, 'collectors');
  const root = resolve(folder, written?.value ?? 'collectors');
  const bounds = boundsOf(tree, folder, root);
  const none = { root, paths: [], bounds };
  if (written === undefined && treeAt(tree, path) !== undefined) return { ...none, findings: [] };
  const findingsOfPath = (complaint: Complaint) => [findingAt(placeOf(tree, path), path, complaint)];
  const shownRoot = shownPath(root, currentDirectory);
  try {
    bounds.require(root, shownRoot);
    const { files: paths, strays } = findJobFiles(root);
    const message = `expected a folder with job files (*.yaml), got none in ${shownRoot}`;
    return {
      root,
      paths,
      bounds,
      findings: [
        ...(paths.length > 0 ? [] : findingsOfPath({ code: 'no-jobs', severity: 'warning', message })),
        ...strayFindings(strays, 'a job file', currentDirectory),
      ],
    };
  } catch (error) {
    const reason = error instanceof UnreadableFile ? error.reason : systemReason(error);
    const message = `expected a folder of job files, got ${reason} for ${shownRoot}`;
    return { ...none, findings: findingsOfPath({ code: 'unreadable-file', message }) };
  }
}

/** A folder of collectors that is outside by its name is meant to be; one that a link leads outside may not be. */
function boundsOf(tree: Tree, folder: string, root: string): FileBounds {
  const allowed = treeAt(tree, ['allow_outside']);
  const isAllowed = allowed?.kind === 'scalar' && String(allowed.value) === 'true';
  if (isAllowed) return new FileBounds();
  return new FileBounds(isWithin(folder, root) || !existsSync(root) ? [folder] : [folder, root]);
}

function dialectsOf(tree: Tree): ReadonlyMap<string, Dialect | undefined> | undefined {
  const databases = treeAt(tree, ['databases']);
  if (databases?.kind !== 'mapping') return undefined;
  const dialect = (database: Tree) => findDialect(textAt(database, 'client')?.value);
  return new Map(Array.from(databases.entries, ([name, { tree: database }]) => [name, dialect(database)]));
}

function distinct(problems: readonly Problem[]): Problem[] {
  const key = ({ file, line, column, path, message }: Problem) =>
    [file, line, column, path, message].join('\n');
  return [...new Map(problems.map((problem) => [key(problem), problem])).values()];
}
