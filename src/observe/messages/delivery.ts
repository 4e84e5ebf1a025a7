import type { Message } from './message.ts';

/** What the log says of requests to the write API. */
export const DELIVERY_MESSAGES = {
  requestRepeated: {
    code: 'PPDB-0201',
    level: 'warn',
    text: 'request is sent again',
    meaning:
      'The write API did not take a request for now; it is sent again after `delay` milliseconds, until ' +
      'write_api.retry.for is over. Records that arrive twice replace themselves, because they have the ' +
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
