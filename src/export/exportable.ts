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

/** What a scheduler starts by itself: the runs of a job, or its verifications. */
export interface ScheduledCommand {
  readonly job: Job;
  readonly kind: 'run' | 'verify';
  /** Arguments of the program. */
  readonly args: readonly string[];
  readonly schedule: string;
  /** The key of the job's file that says so. */
  readonly path: KeyPath;
  /** Milliseconds, both. */
  readonly jitter: number;
  readonly timeout: number;
}

/** What is enabled and has a schedule, job by job, and the names of the jobs that run by none. */
export function scheduledCommands({ jobs }: Config): {
  readonly scheduled: readonly ScheduledCommand[];
  readonly others: readonly string[];
} {
  return {
    scheduled: jobs
      .filter(({ enabled }) => enabled)
      .flatMap((job) => [runsOf(job), verificationsOf(job)].flatMap((command) => command ?? [])),
    others: jobs.flatMap((job) => (job.enabled && job.schedule !== undefined ? [] : [job.name])),
  };
}

function runsOf(job: Job): ScheduledCommand | undefined {
  const { name, schedule, jitter, timeout } = job;
  if (schedule === undefined) return undefined;
  return { job, kind: 'run', args: ['run', name], schedule, path: ['schedule'], jitter, timeout };
}

function verificationsOf(job: Job): ScheduledCommand | undefined {
  const { name, verify } = job;
  if (verify === undefined) return undefined;
  const { schedule, timeout } = verify;
  const args = ['verify', name, '--scheduled'];
  return { job, kind: 'verify', args, schedule, path: ['verify', 'schedule'], jitter: 0, timeout };
}

/** What was made, or all that stands against it. */
export type Exported<T> = { readonly value: T } | { readonly findings: readonly Finding[] };
