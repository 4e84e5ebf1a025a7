import type { Message } from './message.ts';

/** About what was sent before and is collected again. */
export const SENT_MESSAGES = {
  countsNotKnown: {
    code: 'PPDB-0122',
    level: 'info',
    text: 'the data set does not tell how many records it has, so all are sent',
    meaning:
      'The job would send only what has changed, and first asks the data set how many records it has of each period, so that ' +
      'nothing is left out that was lost there. That was not answered: `reason` says why. All records were sent, as with ' +
      'send: all.',
    causes: [
      'data sets are read at another address than they are written to',
      'the data set may not be read without a right',
      'the host at which it is read is down',
    ],
    action:
      'Set write_api.read_url to the address at which the data set can be read. Where there is none, set send: all, ' +
      'and nobody asks any more.',
    safeToRerun: 'yes',
  },
  dataSetLost: {
    code: 'PPDB-0123',
    level: 'warn',
    text: 'the data set has fewer records than were delivered, so the periods that lack some are sent again',
    meaning:
      'Of `periods` periods, from the one that begins at `first` to the one that begins at `last`, `sent` records were ' +
      'acknowledged, and the data set has `found` now. Nothing of them was left out in this run. Periods that the job does ' +
      'not look back to are not asked about.',
    causes: [
      'the data set was emptied, or records were removed from it',
      'the write API went back to a backup',
      'read_url belongs to another platform, or answers with what it had earlier',
    ],
    action:
      'Find out what happened to the data set. If older periods are missing, too, collect them again: ' +
      '`pp-db-collector run JOB --from … --to …`.',
    safeToRerun: 'yes',
  },
  vanished: {
    code: 'PPDB-0124',
    level: 'warn',
    text: 'rows are gone whose records were delivered earlier; the data set keeps the records',
    meaning:
      'When the window was collected again, the source had no row any more for some records that it had before. `periods` says ' +
      'how many of which period. Each is told of once.',
    causes: [
      'rows were deleted',
      'a column that the _id is made of was corrected, so that the row has another record now',
      'the query leaves out more rows than before',
    ],
    action:
      'If these records should go, set deleted: remove, which also removes those that have vanished of the periods ' +
      'that the job looks back to. If rows should not be deleted, ask who did.',
    safeToRerun: 'yes',
  },
  vanishedRemoved: {
    code: 'PPDB-0125',
    level: 'info',
    text: 'records were removed from the data set, because their rows are gone',
    meaning:
      'As PPDB-0124, but deleted of the job is remove. `removed` is how many the data set had; those that it did not ' +
      'have any more are counted in `periods` alone.',
    causes: [],
    action: 'Nothing.',
    safeToRerun: 'yes',
  },
  vanishedNotRemoved: {
    code: 'PPDB-0126',
    level: 'warn',
    text: 'rows are gone, and their records could not be removed from the data set',
    meaning:
      'As PPDB-0124. deleted of the job is remove, and that could not be done, as `reason` says. The next run that ' +
      'collects these periods tries again, as long as the job looks back to them.',
    causes: [
      'the data set does not give single records: raw_queries_allowed of the write API',
      'the write API removes no single records',
      'the query gave no rows at all, and nothing is removed then',
    ],
    action:
      'Let the data set be read record by record, or set deleted: keep. If the source is right to have no rows, remove ' +
      'the records by hand.',
    safeToRerun: 'yes',
  },
} as const satisfies Record<string, Message>;
