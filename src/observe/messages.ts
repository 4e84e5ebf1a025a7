import type { LogLevel } from './log-level.ts';

export interface Message {
  readonly code: string;
  readonly level: LogLevel;
  readonly text: string;
}

/** Everything that the log says, by code. A code is never used again for something else. */
export const MESSAGES = {
  runStarted: { code: 'PPDB-0101', level: 'info', text: 'run started' },
  windowAcknowledged: { code: 'PPDB-0102', level: 'info', text: 'window collected and acknowledged' },
  runEnded: { code: 'PPDB-0103', level: 'info', text: 'run ended' },
  runFailed: { code: 'PPDB-0104', level: 'error', text: 'run failed' },
  idsNoLongerCompared: {
    code: 'PPDB-0105',
    level: 'warn',
    text: 'more than 1,000,000 rows in one query: rows with the same _id go unnoticed from here on',
  },
  requestRepeated: { code: 'PPDB-0201', level: 'warn', text: 'request is sent again' },
} as const satisfies Record<string, Message>;
