/** What a run takes at one point of a series. */
export interface Point {
  /** What is varied: rows, columns, jobs, milliseconds, records of a batch. */
  readonly at: number;
  /** From the start of the process to its end; NaN where nothing is run. */
  readonly seconds?: number;
  /** Bytes: the largest resident set of a run, the resident set of an idle daemon. */
  readonly memory?: number;
  /** Processor time in seconds; of an idle daemon the part of a core. */
  readonly processor?: number;
  /** Processor time of the database server in seconds, where it can be told. */
  readonly database?: number;
}

export interface Series {
  readonly name: 'rows' | 'columns' | 'jobs' | 'latency' | 'batch';
  /** Rows of each run, where they are not what is varied. */
  readonly rows?: number;
  readonly points: readonly Point[];
}

/** What `npm run bench -- --growth` writes and the page is made of. */
export interface Growth {
  readonly machine: string;
  readonly rounds: number;
  /** The database that was read. */
  readonly database: string;
  readonly series: readonly Series[];
}
