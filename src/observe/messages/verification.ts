import type { Message } from './message.ts';

/** What the log says of comparing data sets with their sources by a schedule. */
export const VERIFICATION_MESSAGES = {
  verified: {
    code: 'PPDB-0130',
    level: 'info',
    text: 'the data set agrees with its source',
    meaning:
      'What the job has delivered was compared with its source, as `verify.schedule` of the job wants: `records` of the source, ' +
      'record by record, or by counts and sums of `days` days where the data set does not show single records (`compared`). ' +
      '`set_aside` rows cannot be delivered as they are.',
    causes: [],
    action: 'Nothing.',
    safeToRerun: 'yes',
  },
  verifiedDifferent: {
    code: 'PPDB-0131',
    level: 'error',
    text: 'the data set differs from its source',
    meaning:
      'So many records are only in the source (`missing`), in both with other contents (`different`) or only in the data set ' +
      '(`extra`); or so many days have other counts or sums (`days_different`). What differed was looked at twice, the second ' +
      'time while no run of the job went on.',
    causes: [
      'rows of the source were changed or deleted later than the job looks back (window.lookback, cursor.lag)',
      'the data set lost records, or somebody else writes to it',
      'the query or the mapping was changed, and older periods have not been collected again',
    ],
    action:
      'Look at what differs: `pp-db-collector verify JOB`. To deliver what is missing or different: `pp-db-collector verify ' +
      'JOB --repair`; what is too much goes with `--delete-extra`. If it comes again, look at `pp-db-collector advise JOB`.',
    safeToRerun: 'yes',
  },
  verificationFailed: {
    code: 'PPDB-0132',
    level: 'error',
    text: 'the data set could not be compared with its source',
    meaning:
      'Whether the two agree is not known, as `reason` says. Collecting and delivering go on. The next tick of ' +
      'verify.schedule tries again.',
    causes: [
      'the database or the host at which the data set is read does not answer',
      'the data set may not be read, or write_api.read_url is missing',
      'runs of the job left no moment for the second look',
      'verify.timeout is too short',
    ],
    action: 'Follow `remedy`; then `pp-db-collector verify JOB` tries at once.',
    safeToRerun: 'yes',
  },
} as const satisfies Record<string, Message>;
