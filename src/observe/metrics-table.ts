/** One metric, as Prometheus and the documents show it. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** What is counted or measured, as a clause. */
  readonly help: string;
  /** What it tells somebody who runs the daemon, in sentences. */
  readonly tells: string;
}

/** All metrics but those of the process itself. Their names and labels never change: alerts and dashboards use them. */
export const METRICS = {
  runs: {
    name: 'pp_db_collector_runs_total',
    type: 'counter',
    labels: ['job', 'outcome'],
    help: 'runs that ended, by outcome',
    tells:
      'Outcomes are succeeded, empty (no rows, or nothing owed), partial (all but dead letters was ' +
      'delivered), not_ready (fewer or more rows than expected), failed, interrupted (the daemon stopped) ' +
      'and skipped (another process runs the job). Look at the log when failed grows.',
  },
  runDuration: {
    name: 'pp_db_collector_run_duration_seconds',
    type: 'histogram',
    labels: ['job'],
    help: 'how long runs took, whatever their outcome; skipped ones are left out',
    tells:
      'Durations that come near the interval of the schedule or the timeout of the job foretell trouble.',
  },
  rows: {
    name: 'pp_db_collector_rows_total',
    type: 'counter',
    labels: ['job'],
    help: 'rows that were read from the database, counted when a run ends',
    tells: 'A job that reads far more rows than it has records should be grouped in its query.',
  },
  records: {
    name: 'pp_db_collector_records_acknowledged_total',
    type: 'counter',
    labels: ['job'],
    help: 'records that the write API has acknowledged, counted when a run ends',
    tells:
      'With send: all the records of the periods of window.lookback are sent again and count at every run.',
  },
  unchanged: {
    name: 'pp_db_collector_records_unchanged_total',
    type: 'counter',
    labels: ['job'],
    help: 'records that were not sent because the data set has them as they are, counted when a run ends',
    tells:
      'Most of what a job looks back to. Where it stays 0 while periods are collected again, the log says why (PPDB-0122).',
  },
  vanished: {
    name: 'pp_db_collector_records_vanished_total',
    type: 'counter',
    labels: ['job'],
    help: 'records that were delivered earlier and whose rows are gone, counted when a run ends',
    tells: 'The data set keeps them, unless deleted of the job is remove.',
  },
  lateAtEnd: {
    name: 'pp_db_collector_late_records_at_lookback_end_total',
    type: 'counter',
    labels: ['job'],
    help: 'records that appeared, changed or vanished in the last period of window.lookback',
    tells: 'What comes later still is found by no run: look at `pp-db-collector advise JOB` when it grows.',
  },
  rowsBehind: {
    name: 'pp_db_collector_rows_behind_position_total',
    type: 'counter',
    labels: ['job'],
    help: 'rows that were found behind the position of a cursor job, where no run collects them',
    tells:
      'They were committed later than cursor.lag allows for. Found by a sample, at most once an hour: there may be more.',
  },
  verificationDifferences: {
    name: 'pp_db_collector_verification_differences',
    type: 'gauge',
    labels: ['job'],
    help: 'how many records, or days, of the data set differed from the source when they were last compared',
    tells:
      'Days where the data set does not show single records. Only jobs that were verified have it, and none while ' +
      'the last attempt failed: look at `pp-db-collector verify JOB` when it is not 0.',
  },
  verificationSuccessful: {
    name: 'pp_db_collector_verification_last_successful',
    type: 'gauge',
    labels: ['job'],
    help: '1 when the last attempt to compare the data set with the source came to its end, else 0',
    tells: 'At 0 nobody knows whether they agree: the log says why (PPDB-0132).',
  },
  lastVerification: {
    name: 'pp_db_collector_last_verification_timestamp_seconds',
    type: 'gauge',
    labels: ['job'],
    help: 'when the last attempt to compare the data set with the source ended',
    tells: 'Its distance to now should not grow beyond the interval of verify.schedule.',
  },
  deadLetters: {
    name: 'pp_db_collector_dead_letters',
    type: 'gauge',
    labels: ['job'],
    help: 'rows and records that could not be delivered and are kept',
    tells: 'Anything but 0 waits for a person: `pp-db-collector dead-letters list JOB`.',
  },
  requests: {
    name: 'pp_db_collector_requests_total',
    type: 'counter',
    labels: ['data_set', 'status'],
    help: 'requests to the write API, by the status of the answer; none when there was no answer',
    tells: '401 and 403 mean a wrong token, 404 an unknown data set, none a host or a network that is down.',
  },
  retries: {
    name: 'pp_db_collector_retries_total',
    type: 'counter',
    labels: ['data_set'],
    help: 'requests that were sent again because they failed for the time being',
    tells: 'A few do no harm. Many mean that the write API is overloaded, or its host or network unreliable.',
  },
  collectedTo: {
    name: 'pp_db_collector_collected_to_timestamp_seconds',
    type: 'gauge',
    labels: ['job'],
    help: 'up to when everything is acknowledged; for snapshot jobs when the newest delivered one was taken',
    tells:
      'The distance to now is how old the data of the data set is. Cursor jobs, and jobs that never ' +
      'delivered, have none.',
  },
  lastSuccess: {
    name: 'pp_db_collector_last_success_timestamp_seconds',
    type: 'gauge',
    labels: ['job'],
    help: 'when the last run ended that delivered what it could (dead letters aside)',
    tells: 'The measure for alerts: it stands still whatever is wrong. Jobs that never succeeded have none.',
  },
  nextRun: {
    name: 'pp_db_collector_next_run_timestamp_seconds',
    type: 'gauge',
    labels: ['job'],
    help: 'when the job is due next',
    tells: 'Jobs without a schedule, jobs that are not enabled and jobs whose files are wrong have none.',
  },
  runStarted: {
    name: 'pp_db_collector_run_started_timestamp_seconds',
    type: 'gauge',
    labels: ['job'],
    help: 'when the run began that goes on, in this process or another',
    tells: 'Jobs that do not run now have none, here and in the four below: none of them outlives its run.',
  },
  runWorkOwed: {
    name: 'pp_db_collector_run_work_owed',
    type: 'gauge',
    labels: ['job'],
    help: 'what the run that goes on has to do in all: windows, or records of snapshots, or about so many rows',
    tells:
      'Window jobs have it when a run has more than one window: the first run, one after an outage, a backfill. ' +
      'Rows are the guess of the database.',
  },
  runWorkDone: {
    name: 'pp_db_collector_run_work_done',
    type: 'gauge',
    labels: ['job'],
    help: 'how much of that is done',
    tells: 'Divided by what is owed it is how far the run is.',
  },
  runRows: {
    name: 'pp_db_collector_run_rows',
    type: 'gauge',
    labels: ['job'],
    help: 'rows that the run that goes on has read, as noted every few seconds',
    tells: 'It grows while rows arrive: what stands still waits for the database or for the write API.',
  },
  runRecords: {
    name: 'pp_db_collector_run_records',
    type: 'gauge',
    labels: ['job'],
    help: 'records of the run that goes on that the write API has acknowledged, as noted every few seconds',
    tells: 'When it stands still while the rows grow, the write API is slow, or has these records already.',
  },
  ticksSkipped: {
    name: 'pp_db_collector_ticks_skipped_total',
    type: 'counter',
    labels: ['job'],
    help: 'ticks of the schedule that got no run of their own, because a run was still going on or waiting',
    tells: 'When it keeps growing, the job takes longer than its interval, or too many jobs are due at once.',
  },
  scheduleLag: {
    name: 'pp_db_collector_schedule_lag_seconds',
    type: 'gauge',
    labels: [],
    help:
      'how late runs start: for how long the longest-waiting run has been due, or how late the newest of ' +
      'those that run started',
    tells:
      'More than a few seconds mean that schedule.max_concurrent_runs or max_connections of a database is too small.',
  },
  breakerOpen: {
    name: 'pp_db_collector_breaker_open',
    type: 'gauge',
    labels: [],
    help: '1 while the write host answers nobody and requests wait for it, else 0',
    tells: 'While it is 1 nothing is delivered; nothing is lost either.',
  },
  reloadSuccessful: {
    name: 'pp_db_collector_config_last_reload_successful',
    type: 'gauge',
    labels: [],
    help: '1 when the configuration in force is the one in the files, 0 when the last reload found mistakes',
    tells: 'At 0 the old configuration stays in force: `pp-db-collector check` tells the mistakes.',
  },
  logLinesLost: {
    name: 'pp_db_collector_log_lines_lost_total',
    type: 'counter',
    labels: [],
    help: 'lines of the log that could not be written',
    tells:
      'The disk that holds the log is full, or whoever reads it is gone. Runs go on all the same, but ' +
      'nobody is told of them.',
  },
  pendingRecords: {
    name: 'pp_db_collector_pending_records',
    type: 'gauge',
    labels: ['job'],
    help: 'records of snapshots that are stored and not yet acknowledged',
    tells: 'They are sent with every run until snapshot.keep_pending is over, and then lost.',
  },
} as const satisfies Record<string, Metric>;

/** The short names of the metrics of the given labels. */
export type MetricKey = keyof typeof METRICS;
