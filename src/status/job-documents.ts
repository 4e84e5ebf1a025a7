import type { Job } from '../config/config.ts';
import type { ShownJob } from '../config/shown-job.ts';
import type { StoredDeadLetter } from '../model/dead-letter.ts';
import { judgeLateness } from '../model/judge-lateness.ts';
import { hasWindows } from '../model/mode.ts';
import type { Progress } from '../model/progress.ts';
import type { RunningRun, RunResult } from '../model/run.ts';
import { timeLeft } from '../words/running.ts';
import type { DaemonView, JobDetail, JobView, ReplicaView } from './daemon-view.ts';
import { latenessDocument } from './lateness-document.ts';
import { verificationDocument } from './verification-document.ts';

/**
 * What the JSON API shows. Everything is named here one by one, so that nothing gets out by being added elsewhere: no
 * token, no connection, and of dead letters no content, which is that of rows.
 */

export function overviewDocument(view: DaemonView, jobs: readonly JobView[]) {
  const reload = view.lastReload();
  return {
    version: view.version,
    started_at: iso(view.startedAt),
    now: iso(view.now()),
    ready: view.notReadyBecause() === undefined,
    replicas: view.replicas().map(replicaDocument),
    last_reload: reload === undefined ? null : { at: iso(reload.at), problems: reload.problems },
    jobs: jobs.map((job) => jobDocument(job, view.now())),
  };
}

const replicaDocument = (replica: ReplicaView) => ({
  name: replica.holder,
  started_at: iso(replica.startedAt),
  seen_at: iso(replica.seenAt),
  alive: replica.isAlive,
  this: replica.isThis,
  same_configuration: replica.hasSameConfiguration,
  configuration_since: iso(replica.configurationSince),
});

function jobDocument(view: JobView, now: number) {
  const { lastRun, running } = view;
  const job = view.job?.shown ?? view.job;
  return {
    name: view.name,
    description: job?.description ?? null,
    enabled: job?.enabled ?? null,
    problems: view.problems,
    data_set: job === undefined ? null : dataSetOf(job),
    dashboard: view.dashboard ?? null,
    schedule: job?.schedule ?? null,
    schedule_in_words: view.scheduleInWords ?? null,
    timezone: job?.timezone ?? view.job?.timezone ?? null,
    next_run: isoOrNull(view.nextRun),
    running_since: isoOrNull(running?.since),
    running: running === undefined ? null : runningDocument(running, now),
    running_on: view.runBy ?? null,
    waiting_since: isoOrNull(view.waitingSince),
    ticks_skipped: view.ticksSkipped,
    progress: progressDocument(view.progress),
    last_run: lastRun === undefined ? null : runDocument(lastRun),
    last_success: isoOrNull(view.lastSuccessAt),
    dead_letters: view.deadLetters,
    pending_records: view.pendingRecords,
    verification: verificationDocument(view.verification),
    next_verification: isoOrNull(view.nextVerification),
    stale: view.isStale,
  };
}

export function jobDetailDocument(detail: JobDetail, now: number) {
  const { job } = detail;
  return {
    ...jobDocument(detail, now),
    definition: job === undefined ? null : definitionOf(job),
    letters: detail.letters.map(letterDocument),
    pending: detail.pending.map(({ takenAt, records }) => ({ taken_at: iso(takenAt), records })),
    ...collectedDocument(detail.collected),
    lateness:
      job !== undefined && hasWindows(job)
        ? latenessDocument(judgeLateness(detail.lateness, job.window))
        : null,
    periods: detail.periods.map(({ label, from, to, state, dueAt }) => ({
      label,
      ...spanDocument({ from, to }),
      state,
      due_at: dueAt === undefined ? null : iso(dueAt),
    })),
  };
}

/** What is acknowledged of a window job's time, and what no run collects by itself; null of other jobs. */
export const collectedDocument = (collected: JobDetail['collected']) => ({
  collected: collected?.spans.map(spanDocument) ?? null,
  gaps: collected?.gaps.map(spanDocument) ?? null,
});

/** A run that goes on. Of rows, how many there will be is the database's guess. */
export function runningDocument(run: RunningRun, now: number) {
  const { since, work } = run;
  const left = work && timeLeft(work, now);
  return {
    since: iso(since),
    work: work === undefined ? null : { unit: work.unit, done: work.done, owed: work.owed },
    seconds_left: left === undefined ? null : Math.round(left / 1_000),
    rows: run.rows,
    records: run.records,
    unchanged: run.unchanged,
    vanished: run.vanished,
    dead_letters: run.deadLetters,
    requests: run.requests,
    bytes_sent: run.bytesSent,
  };
}

export function runDocument(run: RunResult) {
  const { failure, window } = run;
  return {
    outcome: run.outcome,
    started_at: iso(run.startedAt),
    ended_at: iso(run.endedAt),
    duration_seconds: (run.endedAt - run.startedAt) / 1_000,
    window: window === undefined ? null : spanDocument(window),
    rows: run.rows,
    records: run.records,
    unchanged: run.unchanged,
    vanished: run.vanished,
    dead_letters: run.deadLetters,
    requests: run.requests,
    bytes_sent: run.bytesSent,
    failure:
      failure === undefined
        ? null
        : { side: failure.side, message: failure.message, remedy: failure.remedy ?? null },
  };
}

function definitionOf({ shown, ...job }: Job) {
  const definition = shown ?? job;
  const { mode, database, query, record, jitter, timeout, expect, max_dead_letters } = definition;
  return {
    file: job.file,
    database,
    query,
    [mode]: settingsOf(definition),
    record,
    jitter_seconds: seconds(jitter),
    timeout_seconds: seconds(timeout),
    expect: { ...expect, max_rows: expect.max_rows ?? null, change: expect.change ?? null },
    max_dead_letters,
  };
}

/** Of milliseconds; what came from outside stays as it is shown. */
const seconds = (duration: number | string) => (typeof duration === 'string' ? duration : duration / 1_000);

/** The settings of the mode that the job has, with their durations in seconds. */
function settingsOf(job: ShownJob): Readonly<Record<string, unknown>> {
  switch (job.mode) {
    case 'window': {
      const { period, lookback, start = null, delay, ...rules } = job.window;
      const { max_periods, include_current, allow_outside } = rules;
      const given = { period, lookback, start, delay_seconds: seconds(delay) };
      return { ...given, max_periods, include_current, allow_outside };
    }
    case 'cursor': {
      const { columns, start, lag, max_rows } = job.cursor;
      return { columns, start, lag_seconds: seconds(lag), max_rows };
    }
    case 'snapshot': {
      const { period, keep_pending } = job.snapshot;
      return { period, keep_pending_seconds: seconds(keep_pending) };
    }
  }
}

const dataSetOf = ({ data_set: { data_group, data_type, replace } }: Pick<ShownJob, 'data_set'>) => ({
  data_group,
  data_type,
  replace,
});

/** Positions stay texts: their digits are more than a JSON number keeps. */
function progressDocument(progress: Progress | undefined) {
  if (progress === undefined) return null;
  return {
    collected_to: isoOrNull(progress.collectedTo),
    cursor: progress.cursor?.map(({ text }) => text) ?? null,
  };
}

function letterDocument({ id, run, cause, reason, remedy, firstSeen, lastSeen, window }: StoredDeadLetter) {
  return {
    id,
    run,
    cause,
    reason,
    remedy,
    first_seen: iso(firstSeen),
    last_seen: iso(lastSeen),
    window: window === undefined ? null : spanDocument(window),
  };
}

const spanDocument = ({ from, to }: { from: number; to: number }) => ({ from: iso(from), to: iso(to) });

const iso = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');

const isoOrNull = (time: number | undefined): string | null => (time === undefined ? null : iso(time));
