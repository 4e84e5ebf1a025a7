import { MODES, type WithMode } from '../model/mode.ts';
import type { FilledJobFile } from './filled-in.ts';
import type { JobPlaces } from './job-places.ts';
import type { ConfigFile } from './schema/config-schema.ts';
import type { RecordMapping } from './schema/job-schema.ts';
import type { ShownFile, ShownJob } from './shown-job.ts';

interface JobContent extends Omit<FilledJobFile, 'timezone'> {
  readonly name: string;
  /** Path of the job file, as messages show it. */
  readonly file: string;
  readonly timezone: string;
  /** What pages show in its place; left out: the job as it is, because nothing but secrets came from outside. */
  readonly shown?: ShownJob;
  /** Left out: the job is not read from a file. */
  readonly places?: JobPlaces;
}

/**
 * One job: its file's content, its name (the file's base name), its zone with the default applied, and one of the
 * modes.
 */
export type Job = WithMode<JobContent>;
export type WindowJob = WithMode<JobContent, 'window'>;
export type CursorJob = WithMode<JobContent, 'cursor'>;
export type SnapshotJob = WithMode<JobContent, 'snapshot'>;

/**
 * A job whose records are known: what its file leaves out is filled in, as the columns of its query tell, and named in
 * `leftOut`.
 */
export type Complete<Of extends Job = Job> = Of & {
  readonly record: RecordMapping;
  readonly leftOut?: readonly ('timestamp' | 'id')[];
};
interface AboutJob {
  readonly shown?: ShownFile | undefined;
  readonly places?: JobPlaces | undefined;
}

/** The job that a file describes; the schema has seen to it that it has exactly one mode. */
export function jobOfFile(
  file: FilledJobFile,
  name: string,
  path: string,
  timezone: string,
  { shown, places }: AboutJob = {},
): Job {
  const mode = MODES.find((each) => file[each] !== undefined);
  return {
    ...file,
    mode,
    name,
    file: path,
    timezone: file.timezone ?? timezone,
    ...(shown && { shown: { ...shown, mode } }),
    ...(places && { places }),
  } as Job;
}

/** Everything that the files say, checked and frozen. */
export type Config = ConfigFile & {
  /** Path of config.yaml, as messages show it. */
  readonly file: string;
  readonly jobs: readonly Job[];
  /** What pages call schedule.timezone; left out: its name, because it did not come from outside. */
  readonly shownTimezone?: string;
};

/** Freezes a value and everything in it, and gives it back. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
