import type { ConfigFile } from './schema/config-schema.ts';
import type { CursorSettings, JobFile, SnapshotSettings, WindowSettings } from './schema/job-schema.ts';
import type { ShownJob } from './shown-job.ts';

/**
 * One job: its file's content, its name (the file's base name), its zone with the default applied, and one of the three
 * modes.
 */
export type Job = WindowJob | CursorJob | SnapshotJob;

export interface WindowJob extends AnyJob {
  readonly window: WindowSettings;
  readonly cursor?: undefined;
  readonly snapshot?: undefined;
}

export interface CursorJob extends AnyJob {
  readonly window?: undefined;
  readonly cursor: CursorSettings;
  readonly snapshot?: undefined;
}

export interface SnapshotJob extends AnyJob {
  readonly window?: undefined;
  readonly cursor?: undefined;
  readonly snapshot: SnapshotSettings;
}

interface AnyJob extends Omit<JobFile, 'timezone' | 'window' | 'cursor' | 'snapshot'> {
  readonly name: string;
  /** Path of the job file, as messages show it. */
  readonly file: string;
  readonly timezone: string;
  /** What pages show in its place; left out: the job as it is, because nothing but secrets came from outside. */
  readonly shown?: ShownJob;
}

/** The job that a file describes; the schema has seen to it that it has exactly one mode. */
export function jobOfFile(
  file: JobFile,
  name: string,
  path: string,
  timezone: string,
  shown?: ShownJob,
): Job {
  const job = { ...file, name, file: path, timezone: file.timezone ?? timezone };
  return (shown === undefined ? job : { ...job, shown }) as Job;
}

/** Everything that the files say, checked and frozen. */
export type Config = ConfigFile & {
  /** Path of config.yaml, as messages show it. */
  readonly file: string;
  readonly jobs: readonly Job[];
};

/** Freezes a value and everything in it, and gives it back. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
