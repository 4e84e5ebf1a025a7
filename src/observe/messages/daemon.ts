import type { Message } from './message.ts';

/** What the log says of the daemon itself. */
export const DAEMON_MESSAGES = {
  daemonStarted: {
    code: 'PPDB-0001',
    level: 'info',
    text: 'pp-db-collector started',
    meaning:
      'The daemon runs jobs by their schedules from now on; `next` is the next run, `http` where the status page is.',
    causes: [],
    action: 'Nothing.',
    safeToRerun: 'yes',
  },
  daemonStopping: {
    code: 'PPDB-0002',
    level: 'info',
    text: 'stopping: nothing new is started or read',
    meaning:
      'A signal asked the daemon to stop. Queries are cancelled on their servers, requests on their way ' +
      'may be answered, and what is acknowledged is remembered.',
    causes: [],
    action: 'Nothing. A second signal ends the process at once, which loses nothing either.',
    safeToRerun: 'yes',
  },
  daemonStopped: {
    code: 'PPDB-0003',
    level: 'info',
    text: 'pp-db-collector stopped',
    meaning: 'All runs have ended, or the time for that (`--grace`) was over.',
    causes: [],
    action: 'Nothing. The next start goes on where the last acknowledgements were.',
    safeToRerun: 'yes',
  },
  jobRejected: {
    code: 'PPDB-0004',
    level: 'error',
    text: 'a job is left out because its file is wrong',
    meaning: 'The daemon runs all jobs whose files are right. `mistakes` are those of this one.',
    causes: ['the file was changed and not checked'],
    action:
      'Correct the file (`pp-db-collector check --offline` shows the places) and reload by SIGHUP, or restart.',
    safeToRerun: 'yes',
  },
  configReloaded: {
    code: 'PPDB-0005',
    level: 'info',
    text: 'configuration reloaded',
    meaning:
      'The new configuration is in force. Runs that go on finish under the one they began with; jobs that ' +
      'are gone keep their state. Keys in `after_restart` count from the next start.',
    causes: [],
    action: 'Nothing; restart when `after_restart` names something that you changed.',
    safeToRerun: 'yes',
  },
  configReloadRefused: {
    code: 'PPDB-0006',
    level: 'error',
    text: 'the new configuration is wrong: the old one stays in force',
    meaning:
      'A reload found mistakes, so nothing of the new files is used. `mistakes` are the first of them.',
    causes: ['a file was changed and not checked, or was being written when it was read'],
    action: 'Run `pp-db-collector check --offline`, correct the files and reload again.',
    safeToRerun: 'yes',
  },
  ticksSkipped: {
    code: 'PPDB-0007',
    level: 'warn',
    text: 'a tick came while the job was running or waiting: it is passed over',
    meaning: 'The job is not started twice; one run follows when this one ends, for all ticks passed over.',
    causes: [
      'the job takes longer than the time between two ticks',
      'schedule.max_concurrent_runs or max_connections of the database lets it wait',
    ],
    action: 'Nothing if it is rare. Else run the job less often, make its query faster, or raise the limits.',
    safeToRerun: 'yes',
  },
  ticksMissed: {
    code: 'PPDB-0008',
    level: 'warn',
    text: 'ticks passed while nobody was running',
    meaning:
      'The daemon was not running, the machine slept, or the clock was set forward. With ' +
      'schedule.missed_runs: run_once one run follows for all of them; a window or cursor job closes the ' +
      'gap by itself.',
    causes: ['the daemon was stopped or restarted', 'the machine was suspended', 'the clock was wrong'],
    action: 'Nothing, but for snapshot jobs: what was not taken then is not there.',
    safeToRerun: 'yes',
  },
  startedLate: {
    code: 'PPDB-0009',
    level: 'warn',
    text: 'a run started late',
    meaning: 'The run started `seconds` after it was due, because others went first or the process was busy.',
    causes: [
      'more jobs are due at a time than schedule.max_concurrent_runs lets run',
      'the machine is overloaded',
    ],
    action: 'Spread the schedules, set a jitter, or raise schedule.max_concurrent_runs.',
    safeToRerun: 'yes',
  },
  clockSetBack: {
    code: 'PPDB-0010',
    level: 'warn',
    text: 'the clock was set back by more than five minutes: all jobs are scheduled anew',
    meaning:
      'It was `from` and is `to`: the clock was wrong before, or is now. Or, at the start, the last run ' +
      'is recorded at `from`, which is still to come. Jobs go on by the new time at once. Ticks that came ' +
      'at their time do not come again; only where a job that runs every hour or more often would stand ' +
      'still for more than an hour do they. Smaller corrections are waited for.',
    causes: [
      'the clock of the machine was wrong and has been corrected',
      'the time zone of the hardware clock was mistaken when the machine started',
    ],
    action:
      'Compare the clock. Nothing more if it is right now: a window job takes back a position that is ' +
      'still to come at its next run.',
    safeToRerun: 'yes',
  },
  defect: {
    code: 'PPDB-0011',
    level: 'error',
    text: 'a defect of pp-db-collector: something failed that should not',
    meaning: 'An error came up that nobody expected; the daemon goes on.',
    causes: ['a defect'],
    action: 'Report it with the log.',
    safeToRerun: 'yes',
  },
  notHealthy: {
    code: 'PPDB-0012',
    level: 'warn',
    text: 'the daemon cannot do its work: /healthz answers 503',
    meaning: 'Somebody asked whether the process is healthy, and it is not; `reason` says why.',
    causes: ['the disk that holds the state is full, slow or gone', 'the machine is overloaded'],
    action:
      'Mend what `reason` names. Whoever watches /healthz may restart the process, which loses nothing.',
    safeToRerun: 'yes',
  },
  statusRequestFailed: {
    code: 'PPDB-0013',
    level: 'error',
    text: 'a request to the status page, the JSON API or the metrics failed',
    meaning:
      'The request was answered with status 503 and the reason, or 500 for a defect; `request` is the name that the ' +
      'answer to a defect gives, `route` what was asked for. Runs do not depend on it.',
    causes: ['the state does not answer', 'a defect of pp-db-collector'],
    action: 'Mend what `reason` names; report it with the log when that is nothing.',
    safeToRerun: 'yes',
  },
  configWarning: {
    code: 'PPDB-0014',
    level: 'warn',
    text: 'something in the configuration could be better',
    meaning: 'The configuration is in force; `mistake` says what may not be meant, and where.',
    causes: ['a query without parameters or order', 'a secret in a file that every user can read'],
    action: 'Follow what the message says; `pp-db-collector check --offline` shows the place.',
    safeToRerun: 'yes',
  },
  cannotSchedule: {
    code: 'PPDB-0015',
    level: 'error',
    text: 'the ticks of a job cannot be worked out: it is stopped, the others go on',
    meaning:
      'Something about the schedule or the time zone of this job failed, as `reason` says. The job counts ' +
      'as wrong on the status page, and pp_db_collector_config_last_reload_successful is 0, until the ' +
      'configuration is loaded anew.',
    causes: ['a time zone that this version of Node.js does not know', 'a defect of pp-db-collector'],
    action:
      'Write another `timezone` or `schedule` and reload by SIGHUP, or restart. The job can still be run ' +
      'by `pp-db-collector run`. Report it with the log if both are right.',
    safeToRerun: 'yes',
  },
  logLinesLost: {
    code: 'PPDB-0020',
    level: 'warn',
    text: 'the log can be written again; some of its lines are lost',
    meaning:
      'Lines of the log could not be written for a while, and went on being made: `lines` of them are ' +
      'lost, all from before this one. The work went on; pp_db_collector_log_lines_lost_total, or ' +
      'pp_write_api_log_lines_lost_total of serve, counts such lines.',
    causes: [
      'the disk to which standard error is redirected was full',
      'whoever reads the log did not keep up, or is gone',
    ],
    action:
      'Make room where the log is kept, and have it rotated. `pp-db-collector history` tells of the runs ' +
      'whose lines are missing.',
    safeToRerun: 'yes',
  },
  stateLost: {
    code: 'PPDB-0030',
    level: 'error',
    text: 'the state cannot be used: no run goes on until it can',
    meaning:
      'The daemon works and serves its pages, but nothing that must be remembered can be: runs fail, and ' +
      '/healthz answers 503 (with `state.url` /readyz does). `reason` says why. Told once, until PPDB-0031. Of ' +
      'several replicas each tells PPDB-0032 in its place.',
    causes: [
      'the state file was removed, or moved with its folder, or replaced by another file',
      'the disk that holds it is gone or damaged',
      'with `state.url`, the database is down, restarts, has another password now or became a standby',
    ],
    action:
      'Follow `remedy`. The same file in its old place, or the database when it answers again, is enough: the ' +
      'daemon goes on by itself. When another file was put there, such as a copy from a backup, restart the daemon.',
    safeToRerun: 'yes',
  },
  stateBack: {
    code: 'PPDB-0031',
    level: 'info',
    text: 'the state can be used again',
    meaning: 'What PPDB-0030 told is over; jobs run again, where they stood.',
    causes: [],
    action: 'Nothing.',
    safeToRerun: 'yes',
  },
  replicaOut: {
    code: 'PPDB-0032',
    level: 'error',
    text: 'this replica cannot take part in the schedule: it starts no runs until it can',
    meaning:
      'With schedule.engine: pg-boss nothing is started that the database of the state does not know. Other ' +
      'replicas that reach it go on, and take over what this one was running. /readyz answers 503. `reason` says ' +
      'why. Told once, until PPDB-0033.',
    causes: [
      'the database of the state was restarted, or is gone, or cannot be reached from this machine',
      'the user of state.url may not use the schema pp_db_collector_queue',
    ],
    action: 'Mend what `reason` names; the replica takes part again by itself.',
    safeToRerun: 'yes',
  },
  replicaBack: {
    code: 'PPDB-0033',
    level: 'info',
    text: 'this replica takes part in the schedule again',
    meaning: 'What PPDB-0032 told is over; what came due meanwhile, and nobody ran, runs now.',
    causes: [],
    action: 'Nothing.',
    safeToRerun: 'yes',
  },
  otherConfiguration: {
    code: 'PPDB-0034',
    level: 'warn',
    text: 'another replica has another configuration',
    meaning:
      'The replica in `replica` does not have the configuration of this one. Each runs the jobs that it knows, by the ' +
      'schedules that it knows. Ticks of schedules that no replica has any more go once all have the same one.',
    causes: [
      'an update goes on, replica by replica',
      'a replica was not reloaded, or refused the new configuration because it is wrong',
    ],
    action:
      'Nothing while an update goes on. Else compare the files of the two, and reload the older one by SIGHUP; ' +
      'the status page names all replicas.',
    safeToRerun: 'yes',
  },
} as const satisfies Record<string, Message>;
