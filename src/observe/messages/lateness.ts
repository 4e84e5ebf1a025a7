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
  rowsBehind: {
    code: 'PPDB-0129',
    level: 'warn',
    text: 'rows appeared behind the position of the job; they are not collected',
    meaning:
      'The job has asked once more for rows that it had read an hour ago or earlier, and found `rows` that had not been there. ' +
      'It has gone past them, so no run collects them. `positions` are the first; the latest came at least `seconds_late` ' +
      'after the time of its position, where that is a time.',
    causes: [
      'transactions take longer than cursor.lag from the time that they write to their commit',
      'a time of the cursor was set by another machine, whose clock is behind',
      'old rows were given an earlier position, or the conditions of the query hold for them only now',
    ],
    action:
      'Raise cursor.lag; `pp-db-collector advise JOB` says to what. To collect these rows and others like them: ' +
      '`pp-db-collector state set JOB --cursor …` with a position before the first. What is there already replaces itself.',
    safeToRerun: 'yes',
  },
} as const satisfies Record<string, Message>;
