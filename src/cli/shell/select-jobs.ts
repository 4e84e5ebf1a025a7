import type { Job } from '../../config/config.ts';
import { firstNames, namesLike, nearestName } from '../../config/nearest-name.ts';
import { UsageError } from './exit-codes.ts';
import type { Setting } from './setting.ts';

/**
 * The jobs that a command line names; those whose files are wrong have been told and are left out. Throws UsageError.
 */
export function selectJobs(names: readonly string[], all: boolean, setting: Setting): readonly Job[] {
  const { jobs } = setting.config;
  if (all && names.length > 0)
    throw new UsageError('--all and job names do not go together', 'Give one or the other.');
  if (all) return jobs.filter((job) => job.enabled);
  if (names.length === 0) {
    throw new UsageError(
      'no job named',
      `Name one or more of: ${firstNames(jobs.map(({ name }) => name)) || NONE}; or give --all.`,
    );
  }
  return [...new Set(names)].flatMap((name) => findJob(name, setting));
}

function findJob(name: string, setting: Setting): Job[] {
  const job = setting.config.jobs.find((each) => each.name === name);
  if (job !== undefined) return [job];
  if (setting.wrongJobs.includes(name)) return [];
  const known = setting.config.jobs.map((each) => each.name);
  const nearest = nearestName(name, known);
  throw new UsageError(
    `there is no job ${JSON.stringify(name)}`,
    nearest === undefined ? `The jobs are: ${namesLike(name, known) || NONE}.` : `Did you mean ${nearest}?`,
  );
}

const NONE = 'none: the folder of collectors has no good job file';
