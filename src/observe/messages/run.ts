import type { Message } from './message.ts';

/** What the log says of runs. */
export const RUN_MESSAGES = {
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
      'All records of the window (its end is excluded) are acknowledged by the write API, and the ' +
      'progress of the job is stored. The counts are those of the run so far.',
    causes: [],
    action: 'Nothing. A run that fails later goes on after this window.',
    safeToRerun: 'yes',
  },
  runEnded: {
    code: 'PPDB-0103',
    level: 'info',
    text: 'run ended',
    meaning:
      'The run ended without a failure; `outcome` is succeeded, empty (no rows, or nothing owed), partial ' +
      '(all but some dead letters was delivered), not_ready (fewer or more rows than expected) or ' +
      'interrupted (stopped by a signal).',
    causes: [],
    action:
      'Nothing for succeeded and interrupted. For partial, look at `pp-db-collector dead-letters list ' +
      'JOB`. For empty where rows were expected, look at them with `pp-db-collector preview JOB`; for ' +
      'not_ready, wait for the table to be filled.',
    safeToRerun: 'yes',
  },
  runFailed: {
    code: 'PPDB-0104',
    level: 'error',
    text: 'run failed',
    meaning:
      'The run ended before everything was delivered. `side` says whose trouble it is, `reason` what ' +
      'happened and `remedy` what to do. What was acknowledged before stays acknowledged.',
    causes: [
      'side source: the database is down, refuses the login or the query, or is slower than query_timeout',
      'side data: a period differs from those before by more than expect.change, and expect.on_violation is hold',
      'side target: the write API or the network to it fails for longer than write_api.retry.for',
      'side refused: the token of the data set is wrong, or the data set does not exist',
      'side config: the columns or rows of the query do not fit the record mapping, or the state cannot be used',
      'side internal: a defect of pp-db-collector',
    ],
    action:
      'Follow `remedy`; `pp-db-collector check JOB` tries the way from the database to the data set ' +
      'without sending records. Report a failure of side internal.',
    safeToRerun: 'yes',
  },
  idsNoLongerCompared: {
    code: 'PPDB-0105',
    level: 'warn',
    text: 'more than 1,000,000 rows in one query: rows with the same _id go unnoticed from here on',
    meaning:
      'The run looks for rows that would overwrite each other in the data set, which needs memory for ' +
      'every row; after 1,000,000 rows it goes on without looking.',
    causes: [
      'the query does not aggregate, so that every row of the table becomes a record',
      'window.max_periods puts many periods into one query',
      'the query has no :from and :to, so that it reads the whole table',
    ],
    action: 'Group the rows in the query, bound it with :from and :to, or lower window.max_periods.',
    safeToRerun: 'yes',
  },
  cursorAcknowledged: {
    code: 'PPDB-0106',
    level: 'info',
    text: 'rows collected and acknowledged',
    meaning:
      'All rows of a cursor job up to the position `cursor` are acknowledged by the write API, and the ' +
      'position is stored. The counts are those of the run so far.',
    causes: [],
    action: 'Nothing. A run that fails later goes on after this position.',
    safeToRerun: 'yes',
  },
  snapshotAcknowledged: {
    code: 'PPDB-0107',
    level: 'info',
    text: 'snapshot delivered',
    meaning:
      'All records of the snapshot that was taken at `taken_at` are acknowledged by the write API. The ' +
      'counts are those of the run so far.',
    causes: [],
    action: 'Nothing.',
    safeToRerun: 'yes',
  },
  runSkipped: {
    code: 'PPDB-0108',
    level: 'warn',
    text: 'run skipped: another one goes on',
    meaning:
      'Nothing was collected, because another run of the job goes on, in this process or another one, or ' +
      'because another process holds the state. `reason` says which.',
    causes: [
      'the job takes longer than the time between two ticks of its schedule',
      'the job was started by hand while the daemon runs it',
      'a process that was suspended still has the right to run the job',
    ],
    action:
      'Nothing if it is rare: the next run collects what this one would have. Else run the job less often ' +
      'or make its query faster.',
    safeToRerun: 'yes',
  },
  positionInFuture: {
    code: 'PPDB-0109',
    level: 'warn',
    text: 'the stored position is later than the clock of the database',
    meaning:
      'The job counts as collected up to `position`, which is still to come: rows that are written until ' +
      'then may never be collected.',
    causes: [
      'the clock of this machine or of the database is or was wrong',
      'rows carry times in the future, and the cursor has followed them',
      'the position was set by hand with a mistake in it',
    ],
    action:
      'Compare the clocks; look at `pp-db-collector state show JOB` and set the position back with `state set JOB`.',
    safeToRerun: 'yes',
  },
  pendingExpired: {
    code: 'PPDB-0110',
    level: 'error',
    text: 'records of old snapshots could not be delivered in time and are gone',
    meaning:
      'Snapshots are stored before they are sent; these could not be delivered for longer than ' +
      'snapshot.keep_pending, and were removed.',
    causes: ['the write API was down or refused the data set for all that time'],
    action:
      'Mend what the failed runs of the job say; raise snapshot.keep_pending if such an outage may come again.',
    safeToRerun: 'yes',
  },
  rowsOverlooked: {
    code: 'PPDB-0111',
    level: 'warn',
    text: 'the query reads rows that it never finds',
    meaning:
      'The column that the query compares with its parameters holds values of another kind in some rows: ' +
      'SQLite types values and not columns, and puts every number before every text, so that these rows ' +
      'are in no window. `reason` says how they are stored. What the query did find was collected.',
    causes: [
      'the application stores times as numbers, e.g. milliseconds since 1970',
      'a part of the rows was written by another program, or before a change of the application',
    ],
    action:
      'Follow `remedy`; then collect the time again: `pp-db-collector run JOB --from … --to …`, or `state ' +
      'set JOB` for a cursor job.',
    safeToRerun: 'yes',
  },
  rowsUnexpected: {
    code: 'PPDB-0112',
    level: 'warn',
    text: 'the query gave fewer or more rows than expected, so nothing of them was sent',
    meaning:
      'The job says by expect.min_rows and expect.max_rows how many rows a query may give. Outside of that none ' +
      'is sent, progress stays, and the next run reads them again.',
    causes: [
      'the table is filled later than the run, or by halves',
      'rows were imported twice, or a join doubles them',
      'the service has grown, or shrunk',
    ],
    action: 'Follow `remedy`; once the rows are right the next run sends them.',
    safeToRerun: 'yes',
  },
  unusualFigures: {
    code: 'PPDB-0113',
    level: 'warn',
    text: 'what arrived of a period differs from what is usual by more than expected',
    meaning:
      'The job says by expect.change how much its records, or the sum of a measure, may differ from the median of the ' +
      'periods before that are like it: days of the same weekday, hours at the same hour of the day, else the eight before. ' +
      '`amount` is what arrived of the period, `usual` the median, `compared` tells of which. It has been delivered all the ' +
      'same. A period that is collected again is told of again only if it has changed, and not towards what is usual.',
    causes: [
      'the table was filled by halves, or twice',
      'a join or a condition of the query finds less or more than before',
      'something happened that is worth knowing, e.g. a strike or a campaign',
    ],
    action:
      'Compare the period with its table; `pp-db-collector run JOB --from … --to …` collects it again. Raise at_most of ' +
      'expect.change where such changes are usual.',
    safeToRerun: 'yes',
  },
  heldBack: {
    code: 'PPDB-0114',
    level: 'error',
    text: 'a period differs from what is usual by more than expected, so nothing of its window was sent',
    meaning:
      'As PPDB-0113, but expect.on_violation of the job is hold: the window was read and compared before anything of it was ' +
      'sent. Progress stays, no later window is sent before this one, and each run reads and compares it again.',
    causes: [
      'the table was filled by halves, or twice, or was emptied',
      'a join or a condition of the query finds less or more than before',
      'something happened that is worth knowing, e.g. a strike or a campaign',
    ],
    action:
      'Compare the period with its table. Once the table is right the next run sends it. If it is right already, deliver it ' +
      'by `pp-db-collector run JOB --from … --to … --accept`; raise at_most of expect.change where such changes are usual.',
    safeToRerun: 'yes',
  },
  unknownMeasure: {
    code: 'PPDB-0115',
    level: 'warn',
    text: 'the job expects something of a measure that its records do not have',
    meaning:
      'A job names in expect.change a measure that no field of its records is, or one that holds no numbers or is part of ' +
      'record.id. Nothing is compared; the run goes on.',
    causes: ['the name is mistyped', 'a column of the query has another name now'],
    action: 'Follow `remedy`. `pp-db-collector check` says where it stands.',
    safeToRerun: 'yes',
  },
  endNotStored: {
    code: 'PPDB-0116',
    level: 'error',
    text: 'how a failed run ended could not be stored',
    meaning:
      'The run had failed, which PPDB-0104 tells, and the state could not take that: `history` says later that the run was ' +
      'cut off. Progress is right all the same, because it is stored as records are acknowledged.',
    causes: [
      'the disk is full',
      'the database of the state is away',
      'side internal: a defect of pp-db-collector',
    ],
    action: 'Follow `remedy`. Report it where there is none.',
    safeToRerun: 'yes',
  },
} as const satisfies Record<string, Message>;
