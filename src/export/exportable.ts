import type { Config, Job } from '../config/config.ts';
import { type ConfigurationFile, filesOfJob, placeIn } from '../config/configuration-files.ts';
import { type Finding, findingAt, findingOfFile, type KeyPath } from '../config/finding.ts';
import { placeOf } from '../config/yaml/tree.ts';

/** A configuration that has been loaded, with its files as they are written. */
export interface Exportable {
  readonly config: Config;
  /** Absolute, of config.yaml. */
  readonly folder: string;
  /** config.yaml first. */
  readonly files: readonly ConfigurationFile[];
}

/** Why something cannot be said to another scheduler, and what to do about it. */
export interface Refusal {
  /** "expected X, got Y". */
  readonly message: string;
  /** As a clause. */
  readonly suggestion: string;
}

/** A mistake at a key of config.yaml. */
export const refusedSetting = ({ files, config }: Exportable, path: KeyPath, refusal: Refusal): Finding =>
  refused(files.slice(0, 1), config.file, path, refusal);

/** A mistake at a key of a job, where its file or its defaults have it. */
export function refusedJob({ files }: Exportable, job: Job, path: KeyPath, refusal: Refusal): Finding {
  const own = files.find(({ shown }) => shown === job.file);
  return refused(own === undefined ? [] : filesOfJob(own, files), job.file, path, refusal);
}

function refused(
  files: readonly ConfigurationFile[],
  shown: string,
  path: KeyPath,
  { message, suggestion }: Refusal,
): Finding {
  const complaint = { code: 'wrong-value', message, suggestion } as const;
  const [first] = files.flatMap(({ tree }) => tree ?? []);
  const place = placeIn(files, path) ?? (first && placeOf(first, path));
  return place === undefined ? findingOfFile(shown, complaint) : findingAt(place, path, complaint);
}

/** A job that a scheduler starts by itself. */
export type ScheduledJob = Job & { readonly schedule: string };

/** Those that are enabled and have a schedule, and the names of the others. */
export function scheduledJobs({ jobs }: Config): {
  readonly scheduled: readonly ScheduledJob[];
  readonly others: readonly string[];
} {
  const isScheduled = (job: Job): job is ScheduledJob => job.enabled && job.schedule !== undefined;
  return {
    scheduled: jobs.filter(isScheduled),
    others: jobs.filter((job) => !isScheduled(job)).map(({ name }) => name),
  };
}

/** What was made, or all that stands against it. */
export type Exported<T> = { readonly value: T } | { readonly findings: readonly Finding[] };
