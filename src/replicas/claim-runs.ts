import { MINUTE } from '../calendar/durations.ts';
import type { RunCause, SchedulePlan } from '../schedule/scheduler-interface.ts';
import type { BossQueue, ClaimedRun } from './boss-queue.ts';
import { chooseRuns } from './choose-runs.ts';
import { lockQueue, type SharedDatabase } from './database.ts';
import { type FailuresOfJob, failuresInRow } from './failures-in-row.ts';
import { heldJobs } from './held-jobs.ts';
import { contentOfQueue, type QueuedRun } from './run-queue-table.ts';

/** A run that this replica is to start, and what it stands for. Times are epoch milliseconds. */
export interface RunToStart extends ClaimedRun {
  readonly cause: RunCause;
  /** The latest tick that it stands for. */
  readonly tick: number | undefined;
  /** How many ticks it stands for. */
  readonly ticks: number;
  readonly dueAt: number;
  /** When a replica that is no more began it; undefined: nobody did. */
  readonly begunAt: number | undefined;
  /** Of the job, before this run. */
  readonly failuresInRow: number;
}

export interface Claim {
  readonly runs: readonly RunToStart[];
  /** Since when jobs are due that have to wait, by job. */
  readonly waiting: ReadonlyMap<string, number>;
  readonly failures: ReadonlyMap<string, FailuresOfJob>;
}

export interface ClaimSettings {
  readonly plan: SchedulePlan;
  /** Most runs to take now. */
  readonly most: number;
  /** Since when some replica is there, epoch milliseconds: what was due long before was missed. */
  readonly aliveSince: number;
}

/**
 * Takes runs that are due out of the queue, for this replica, within what all replicas together may run. One replica
 * after the other does so, as they count together.
 */
export async function claimRuns(
  database: SharedDatabase,
  queue: BossQueue,
  { plan, most, aliveSince }: ClaimSettings,
): Promise<Claim> {
  const databases = new Map(plan.jobs.map((job) => [job.name, job.database]));
  return await database.transaction(async (ask) => {
    await lockQueue(ask);
    const { due, active } = await contentOfQueue(ask);
    const held = await heldJobs(ask);
    const failures = await failuresInRow(ask);
    const running = new Set(active);
    const mayRun = (job: string) =>
      !running.has(job) && !held.has(job) && failures.get(job)?.isPaused !== true;
    const chosen = chooseRuns({
      due,
      busyDatabases: active.map((job) => databases.get(job) ?? ''),
      limits: plan,
      databaseOf: (job) => (mayRun(job) ? databases.get(job) : undefined),
      most,
    });
    const unchosen = new Set(due.map(({ job }) => job).filter((job) => !chosen.has(job)));
    const count = [...chosen.values()].reduce((sum, runs) => sum + runs.length, 0);
    // A run that goes on may be offered again at this moment, because its replica is gone.
    const leftOut = [...unchosen, ...active];
    const claimed = count === 0 ? [] : await queue.claim(count, leftOut, ask);
    // One that came in between was not counted: everything is looked at anew.
    const uncounted = claimed.find(({ job }) => !chosen.has(job));
    if (uncounted !== undefined) throw new Error(`a run of ${uncounted.job} came while others were counted`);
    const ids = new Set(claimed.map(({ id }) => id));
    const standsFor = claimed.flatMap(({ job }) => chosen.get(job) ?? []);
    await queue.drop(
      standsFor.map(({ id }) => id).filter((id) => !ids.has(id)),
      ask,
    );
    const inRow = (job: string) => failures.get(job)?.inRow ?? 0;
    return {
      runs: claimed.map((run) => runToStart(run, chosen.get(run.job) ?? [], inRow(run.job), aliveSince)),
      waiting: waitingOf(
        due.filter(({ job }) => unchosen.has(job) && databases.has(job) && !running.has(job)),
      ),
      failures,
    };
  });
}

/** One run for all that is due of a job. */
function runToStart(
  claimed: ClaimedRun,
  runs: readonly QueuedRun[],
  failuresInRow: number,
  aliveSince: number,
): RunToStart {
  const withTick = runs.filter(({ tick }) => tick !== undefined);
  const latest = withTick.reduce<QueuedRun | undefined>(
    (last, run) => ((run.tick ?? 0) > (last?.tick ?? 0) ? run : last),
    undefined,
  );
  const outside = runs.some(({ cause }) => cause === 'asked') ? 'asked' : 'pending';
  return {
    ...claimed,
    cause: (latest && wasMissed(latest.tick, aliveSince) ? 'missed' : latest?.cause) ?? outside,
    tick: latest?.tick,
    ticks: withTick.length,
    dueAt: Math.min(...runs.map(({ dueAt }) => dueAt)),
    begunAt: runs.find(({ id }) => id === claimed.id)?.begunAt,
    failuresInRow,
  };
}

/** Whether nobody was there when a tick came. */
export const wasMissed = (tick: number | undefined, aliveSince: number): boolean =>
  tick !== undefined && tick < aliveSince - MINUTE;

function waitingOf(due: readonly QueuedRun[]): ReadonlyMap<string, number> {
  const waiting = new Map<string, number>();
  for (const { job, dueAt } of due) waiting.set(job, Math.min(dueAt, waiting.get(job) ?? Infinity));
  return waiting;
}
