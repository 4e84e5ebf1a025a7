import type { ConfigFile } from './config-schema.ts';
import type { JobFile } from './job-schema.ts';

/** One job: its file's content, its name (the file's base name) and its zone with the default applied. */
export type Job = Omit<JobFile, 'timezone'> & {
  readonly name: string;
  /** Path of the job file, as messages show it. */
  readonly file: string;
  readonly timezone: string;
};

/** Everything that the files say, checked and frozen. */
export type Config = Omit<ConfigFile, 'collectors'> & {
  /** Path of config.yaml, as messages show it. */
  readonly file: string;
  readonly jobs: readonly Job[];
};
