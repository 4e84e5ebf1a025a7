import type { Message } from './message.ts';

/** What the log says of records that come late. */
export const LATENESS_MESSAGES = {
  lateAtEnd: {
    code: 'PPDB-0128',
    level: 'warn',
    text: 'records came late in the last period that the job looks back to',
    meaning:
      'A run found something new, changed or gone in the oldest period of window.lookback: so many records (`appeared`, ' +
      '`changed`, `vanished`) of `period`. They are delivered. What comes later than that is found by no run, so the ' +
      'lookback may be too short.',
    causes: [
      'rows are entered or corrected later than window.lookback allows for',
      'something loaded or corrected old rows once',
    ],
    action:
      'Look at `pp-db-collector advise JOB`, which says how late records come and what to set. To collect what was missed: ' +
      '`pp-db-collector run JOB --from … --to …`.',
    safeToRerun: 'yes',
  },
} as const satisfies Record<string, Message>;
