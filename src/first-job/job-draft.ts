/** A job before it is a file. */
export interface JobDraft {
  readonly name: string;
  readonly description: string;
  /** Its name in the configuration. */
  readonly database: string;
  readonly dataGroup: string;
  /** The first date to collect. */
  readonly start: string | undefined;
  /** Undefined: it collects how things stand, with the day of the run. */
  readonly timestamp: string | undefined;
  /** Whether each query collects one day, because nothing in it tells the days apart. */
  readonly isDayByDay: boolean;
  readonly query: string;
  /** The file that has the query, as the job file names it. */
  readonly queryFile?: string | undefined;
  /** The fields that tell records of one `_timestamp` apart. */
  readonly dimensions: readonly string[];
  /** A field of numbers; undefined: none is known. */
  readonly value: string | undefined;
}

/** The environment variable that holds the token of a job's data set. */
export const tokenVariable = ({ name }: Pick<JobDraft, 'name'>): string =>
  `${name
    .toUpperCase()
    .replaceAll('-', '_')
    .replace(/^(?=\d)/, '_')}_TOKEN`;

/** A name that a job may have, made of another one: `public.Sales Orders` → `public-sales-orders`. */
export const jobNameOf = (text: string, otherwise = 'first-job'): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || otherwise;
