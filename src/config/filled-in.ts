import type { JobFile } from './schema/job-schema.ts';

/** A job file in which nothing is left out that its name and config.yaml tell. */
export type FilledJobFile = JobFile & {
  readonly database: string;
  readonly data_set: { readonly data_type: string };
};

/** A job file with its name for the data type and the only database there is, where it names neither. */
export const filledIn = (file: JobFile, name: string, onlyDatabase = ''): FilledJobFile => ({
  ...file,
  database: file.database ?? onlyDatabase,
  data_set: { ...file.data_set, data_type: file.data_set.data_type ?? name },
});
