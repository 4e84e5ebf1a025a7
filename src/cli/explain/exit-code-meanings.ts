import type { ExitCode } from '../shell/exit-codes.ts';

interface ExitCodeMeaning {
  readonly title: string;
  readonly meaning: string;
  readonly action: string;
}

/** What the exit codes say, for people. */
export const EXIT_CODE_MEANINGS: Readonly<Record<ExitCode, ExitCodeMeaning>> = {
  0: {
    title: 'success',
    meaning: 'Everything that was asked for is done, or there was nothing to do.',
    action: 'Nothing.',
  },
  1: {
    title: 'unexpected',
    meaning: 'Something that no part of pp-db-collector explains: a defect of it.',
    action: 'Report the message, with the log at level debug. Progress up to there is kept.',
  },
  2: {
    title: 'wrong usage',
    meaning:
      'The command line names a command, an option, a job or a value that does not exist, or asks for too little.',
    action: 'Read the message; `pp-db-collector COMMAND --help` shows how the command is meant.',
  },
  3: {
    title: 'configuration',
    meaning:
      'config.yaml or a job file is wrong, or the columns and rows of a query do not fit its record mapping.',
    action:
      'Change what the messages name; `pp-db-collector check --offline` shows all mistakes of all files.',
  },
  4: {
    title: 'database',
    meaning: 'A database could not be reached, refused the login or the query, or was too slow.',
    action:
      'Follow the remedy; `pp-db-collector check JOB` tries the database and the query without sending records.',
  },
  5: {
    title: 'write API not reached',
    meaning: 'The write API could not be reached, or kept failing for as long as write_api.retry.for allows.',
    action: 'Run again later: the next run goes on at the first thing that is not acknowledged.',
  },
  6: {
    title: 'refused',
    meaning:
      'The write API refused the token, does not know the data set, or refused all records of a run or more than ' +
      'may be left out.',
    action:
      'Follow the remedy: check the token, and data_group and data_type, with those who run the write API; where ' +
      'records are refused, the query and the record section.',
  },
  7: {
    title: 'delivered in part',
    meaning:
      'Some rows could not become records, or the write API refused some records: they are kept as dead letters; ' +
      'all others are delivered, and the job goes on. Of dead-letters replay: some of them stay. Of verify: the data set ' +
      'is not what the source has.',
    action:
      'Look at them with `pp-db-collector dead-letters list` and `dead-letters show ID`; correct the row, the ' +
      'query or the record section, then `dead-letters replay JOB`, or `dead-letters discard JOB` what is not ' +
      'wanted. `verify JOB --repair` delivers what is missing or different.',
  },
  8: {
    title: 'not ready',
    meaning:
      'A query gave fewer rows than expect.min_rows, or more than expect.max_rows, or what it found differs from before ' +
      'by more than expect.change and expect.on_violation is hold; nothing of its window was sent.',
    action:
      'Wait until the table is filled: the next run tries the window again. What was held back and is right is delivered ' +
      'by `pp-db-collector run JOB --accept`.',
  },
  9: {
    title: 'busy',
    meaning:
      'Another process runs the job, or holds the state: nothing was collected, sent or changed. A process that ' +
      'was killed holds nothing.',
    action:
      'Wait until the other process has ended; `pp-db-collector state show JOB` names it. The daemon and `run` ' +
      'never run one job at once.',
  },
  74: {
    title: 'output',
    meaning:
      'Standard output could not be written, e.g. because the disk that holds it is full. What the command had to ' +
      'do was done up to there; runs are never cut off by it.',
    action:
      'Make room where the output goes, or write it elsewhere, and run the command again. `pp-db-collector ' +
      'history` tells of runs that have ended.',
  },
  130: {
    title: 'stopped by SIGINT',
    meaning: 'Somebody pressed Ctrl-C. Progress up to there is kept.',
    action: 'Run again: the next run goes on where this one stopped.',
  },
  143: {
    title: 'stopped by SIGTERM',
    meaning: 'The system or an operator asked the process to end. Progress up to there is kept.',
    action: 'Run again: the next run goes on where this one stopped.',
  },
};
