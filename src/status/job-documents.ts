import type { RunResult } from '../collect/interfaces.ts';
import type { Progress, StoredDeadLetter } from '../collect/state-interface.ts';
import type { Job } from '../config/config.ts';
import type { DaemonView, JobDetail, JobView } from './daemon-view.ts';

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
    ready: view.isReady(),
    last_reload: reload === undefined ? null : { at: iso(reload.at), problems: reload.problems },
    jobs: jobs.map(jobDocument),
  };
}

export function jobDocument(view: JobView) {
  const { job, lastRun } = view;
  return {
    name: view.name,
    description: job?.description ?? null,
    enabled: job?.enabled ?? null,
    problems: view.problems,
    data_set: job === undefined ? null : dataSetOf(job),
    schedule: job?.schedule ?? null,
    schedule_in_words: view.scheduleInWords ?? null,
    timezone: job?.timezone ?? null,
    next_run: isoOrNull(view.nextRun),
    running_since: isoOrNull(view.runningSince),
    waiting_since: isoOrNull(view.waitingSince),
    ticks_skipped: view.ticksSkipped,
    progress: progressDocument(view.progress),
    last_run: lastRun === undefined ? null : runDocument(lastRun),
    last_success: isoOrNull(view.lastSuccessAt),
    dead_letters: view.deadLetters,
    pending_records: view.pendingRecords,
    stale: view.isStale,
  };
}

export function jobDetailDocument(detail: JobDetail) {
  return {
    ...jobDocument(detail),
    definition: detail.job === undefined ? null : definitionOf(detail.job),
    letters: detail.letters.map(letterDocument),
    pending: detail.pending.map(({ takenAt, records }) => ({ taken_at: iso(takenAt), records })),
    periods: detail.periods.map(({ label, from, to, state }) => ({
      label,
      ...spanDocument({ from, to }),
      state,
    })),
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
    dead_letters: run.deadLetters,
    requests: run.requests,
    bytes_sent: run.bytesSent,
    failure:
      failure === undefined
        ? null
        : { side: failure.side, message: failure.message, remedy: failure.remedy ?? null },
  };
}

function definitionOf(job: Job) {
  return {
    file: job.file,
    database: job.database,
    query: job.query,
    ...modeOf(job),
    record: job.record,
    jitter_seconds: job.jitter / 1_000,
    timeout_seconds: job.timeout / 1_000,
    expect: { min_rows: job.expect.min_rows },
    max_dead_letters: job.max_dead_letters,
  };
}

/** The one mode that the job has, with its durations in seconds. */
function modeOf({ window, cursor, snapshot }: Job) {
  if (window !== undefined) {
    const { period, lookback, start = null, delay, max_periods, include_current, allow_outside } = window;
    const rules = { max_periods, include_current, allow_outside };
    return { window: { period, lookback, start, delay_seconds: delay / 1_000, ...rules } };
  }
  if (cursor !== undefined) {
    const { columns, start, lag, max_rows } = cursor;
    return { cursor: { columns, start, lag_seconds: lag / 1_000, max_rows } };
  }
  const { period, keep_pending } = snapshot;
  return { snapshot: { period, keep_pending_seconds: keep_pending / 1_000 } };
}

function dataSetOf({ data_set: { data_group, data_type, replace } }: Job) {
  return { data_group, data_type, replace };
}

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
