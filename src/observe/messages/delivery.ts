import type { Message } from './message.ts';

/** What the log says of requests to the write API. */
export const DELIVERY_MESSAGES = {
  requestRepeated: {
    code: 'PPDB-0201',
    level: 'warn',
    text: 'request is sent again',
    meaning:
      'The write API did not take a request for now, or did not let a data set be read; it is sent again after ' +
      '`delay` milliseconds, until write_api.retry.for is over. Records that arrive twice replace themselves, because they have the ' +
      'same _id.',
    causes: [
      'the write API is restarting, overloaded or limiting requests (status 429 or 5xx)',
      'the network or a proxy on the way breaks or delays connections',
      'write_api.timeout is shorter than the write API takes for a full batch',
    ],
    action:
      'Nothing while runs succeed. If it comes back at every run, lower write_api.max_batch_records or ' +
      'requests_in_flight, or ask those who run the write API.',
    safeToRerun: 'yes',
  },
  hostDown: {
    code: 'PPDB-0202',
    level: 'warn',
    text: 'the write host does not answer: requests wait',
    meaning:
      'Several requests in a row got no usable answer. Until the write host answers again, one request at ' +
      'a time is let through, after write_api.retry.max_delay each; all other requests of this process ' +
      'wait.',
    causes: ['the write API or its host is down or overloaded', 'the network or a proxy on the way is down'],
    action:
      'Check the write host. Nothing is lost: runs that fail meanwhile are made up for by the next ones.',
    safeToRerun: 'yes',
  },
  hostUp: {
    code: 'PPDB-0203',
    level: 'info',
    text: 'the write host answers again',
    meaning: 'All requests that waited go on.',
    causes: [],
    action: 'Nothing.',
    safeToRerun: 'yes',
  },
} as const satisfies Record<string, Message>;

/** What the log says of what a write host can do. */
export const WRITE_HOST_MESSAGES = {
  compressionRefused: {
    code: 'PPDB-0306',
    level: 'warn',
    text: 'the write host does not take compressed requests: they are sent as they are',
    meaning:
      'A compressed request was refused (`status`), and the same request was taken without compression. ' +
      'From here on this process compresses nothing for the write host; nothing is lost.',
    causes: ['the write API, or a proxy before it, does not know Content-Encoding: gzip'],
    action: 'Set write_api.gzip to false, so that not every process has to find that out.',
    safeToRerun: 'yes',
  },
} as const satisfies Record<string, Message>;

/** What the log says of rows and records that cannot be delivered. */
export const UNDELIVERABLE_MESSAGES = {
  rowNotARecord: {
    code: 'PPDB-0301',
    level: 'warn',
    text: 'a row cannot become a record and is kept as a dead letter',
    meaning:
      'A value of the row may not, or cannot, be sent; `reason` names the column. The other rows are ' +
      'delivered, and the outcome of the run is partial.',
    causes: [
      'a text holds U+0000, a number is NaN or too large, a date does not exist',
      'a column that the _id is made of is null',
      'a value does not fit the `as` of its field',
    ],
    action:
      'Correct the row in the database, the query or the record section; then run the job over that time ' +
      'again or use `pp-db-collector dead-letters replay JOB`, or discard it.',
    safeToRerun: 'yes',
  },
  rowOutsideWindow: {
    code: 'PPDB-0302',
    level: 'warn',
    text: 'a row belongs to another time than was asked for and is kept as a dead letter',
    meaning:
      'The _timestamp of the row lies outside the window of the query. To send it could overwrite a ' +
      'complete count of another period by a part of it.',
    causes: [
      'the query does not compare with :from and :to, or with another column than record.timestamp',
      'the query groups by the days of another zone than the job: an hour, or more, of each day is ' +
        'counted for the day beside it',
      'the timezone of the job or of the database is wrong, so that days begin at another hour',
    ],
    action:
      'Do what `remedy` says, or correct the timezone; then collect the time again with `pp-db-collector ' +
      'run JOB --from … --to …` and discard the dead letters. window.allow_outside: true is for rows that ' +
      'each stand for themselves: of counts it would put a part in the place of the whole.',
    safeToRerun: 'yes',
  },
  recordRefused: {
    code: 'PPDB-0303',
    level: 'warn',
    text: 'the write API refuses a record, which is kept as a dead letter',
    meaning:
      'The write API refused the record by itself; `reason` is what it says. The other records are ' +
      'delivered, and the outcome of the run is partial.',
    causes: [
      'the data set has a schema that the record does not fit',
      'the write API has a rule of its own for values or names',
    ],
    action:
      'Correct the query or the record section and use `pp-db-collector dead-letters replay JOB`, or discard it.',
    safeToRerun: 'yes',
  },
  recordTooLarge: {
    code: 'PPDB-0304',
    level: 'warn',
    text: 'a record is too large for the write API and is kept as a dead letter',
    meaning:
      'The record alone is larger than write_api.max_batch_bytes, or the write API or a proxy refuses it ' +
      'for its size.',
    causes: ['a text column holds far more than a name or a code'],
    action:
      'Select fewer or shorter columns, e.g. left(column, 200); then replay or discard the dead letter.',
    safeToRerun: 'yes',
  },
  recordBreaksServer: {
    code: 'PPDB-0305',
    level: 'warn',
    text: 'the write API fails on a record, which is kept as a dead letter',
    meaning:
      'The write API answered 500 to the record again and again while it took others: something in the ' +
      'record breaks it.',
    causes: ['a value that the database behind the write API cannot hold'],
    action:
      'Report the record to those who run the write API (`pp-db-collector dead-letters show JOB ID`); ' +
      'replay it when they have mended it, or discard it.',
    safeToRerun: 'yes',
  },
} as const satisfies Record<string, Message>;
