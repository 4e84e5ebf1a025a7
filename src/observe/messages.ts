import type { LogLevel } from './log-level.ts';

export interface Message {
  readonly code: string;
  readonly level: LogLevel;
  /** What the log says; the fields beside it say of what. */
  readonly text: string;
  /** What has happened, in sentences. */
  readonly meaning: string;
  /** What most likely led to it, each a clause; none for what happens every day. */
  readonly causes: readonly string[];
  /** What to do about it, in sentences. */
  readonly action: string;
  /** Whether the job may simply be run again: `yes`, or a sentence. */
  readonly safeToRerun: string;
}

/** Everything that the log says, by code. A code is never used again for something else. */
export const MESSAGES = {
  runStarted: {
    code: 'PPDB-0101',
    level: 'info',
    text: 'run started',
    meaning: 'A run of the job has begun; `windows` says how many spans of time it has to collect.',
    causes: [],
    action: 'Nothing. Many windows mean that the job is catching up, one query for each.',
    safeToRerun: 'yes',
  },
  windowAcknowledged: {
    code: 'PPDB-0102',
    level: 'info',
    text: 'window collected and acknowledged',
    meaning:
      'All records of the window (its end is excluded) are acknowledged by the write API, and the progress of the job is stored. The counts are those of the run so far.',
    causes: [],
    action: 'Nothing. A run that fails later goes on after this window.',
    safeToRerun: 'yes',
  },
  runEnded: {
    code: 'PPDB-0103',
    level: 'info',
    text: 'run ended',
    meaning:
      'The run ended without a failure; `outcome` is succeeded, empty (no rows, or nothing owed), not_ready (fewer rows than expect.min_rows) or interrupted (stopped by a signal).',
    causes: [],
    action:
      'Nothing for succeeded and interrupted. For empty where rows were expected, look at them with `pp-db-collector preview JOB`; for not_ready, wait for the table to be filled.',
    safeToRerun: 'yes',
  },
  runFailed: {
    code: 'PPDB-0104',
    level: 'error',
    text: 'run failed',
    meaning:
      'The run ended before everything was delivered. `side` says whose trouble it is, `reason` what happened and `remedy` what to do. What was acknowledged before stays acknowledged.',
    causes: [
      'side source: the database is down, refuses the login or the query, or is slower than query_timeout',
      'side target: the write API or the network to it fails for longer than write_api.retry.for',
      'side refused: the token of the data set is wrong, or the data set does not exist',
      'side config: the columns or rows of the query do not fit the record mapping',
      'side internal: a defect of pp-db-collector',
    ],
    action:
      'Follow `remedy`; `pp-db-collector check JOB` tries the way from the database to the data set without sending records. Report a failure of side internal.',
    safeToRerun: 'yes',
  },
  idsNoLongerCompared: {
    code: 'PPDB-0105',
    level: 'warn',
    text: 'more than 1,000,000 rows in one query: rows with the same _id go unnoticed from here on',
    meaning:
      'The run looks for rows that would overwrite each other in the data set, which needs memory for every row; after 1,000,000 rows it goes on without looking.',
    causes: [
      'the query does not aggregate, so that every row of the table becomes a record',
      'window.max_periods puts many periods into one query',
      'the query has no :from and :to, so that it reads the whole table',
    ],
    action: 'Group the rows in the query, bound it with :from and :to, or lower window.max_periods.',
    safeToRerun: 'yes',
  },
  requestRepeated: {
    code: 'PPDB-0201',
    level: 'warn',
    text: 'request is sent again',
    meaning:
      'The write API did not take a request for now; it is sent again after `delay` milliseconds, until write_api.retry.for is over. Records that arrive twice replace themselves, because they have the same _id.',
    causes: [
      'the write API is restarting, overloaded or limiting requests (status 429 or 5xx)',
      'the network or a proxy on the way breaks or delays connections',
      'write_api.timeout is shorter than the write API takes for a full batch',
    ],
    action:
      'Nothing while runs succeed. If it comes back at every run, lower write_api.max_batch_records or requests_in_flight, or ask those who run the write API.',
    safeToRerun: 'yes',
  },
} as const satisfies Record<string, Message>;
