import { MINUTE } from '../calendar/durations.ts';
import type { RunCause, SchedulePlan } from '../schedule/scheduler-interface.ts';
import type { BossQueue, ClaimedRun } from './boss-queue.ts';
import { chooseRuns } from './choose-runs.ts';
import { type Ask, lockQueue, type SharedDatabase } from './database.ts';
import { type FailuresOfJob, hinderedJobs, type Obstacles, obstacles } from './obstacles.ts';
import { dueRuns, type QueuedRun } from './run-queue-table.ts';

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
  /** Whether more is due, which may run or not. */
  readonly isMoreDue: boolean;
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
  settings: ClaimSettings,
): Promise<Claim> {
  return await database.transaction(async (ask) => {
    await lockQueue(ask);
    const known = await obstacles(ask);
    const { chosen, leftOut, count, isMoreDue } = await chooseDue(ask, settings, known);
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
    const { failures } = known;
    const inRow = (job: string) => failures.get(job)?.inRow ?? 0;
    return {
      runs: claimed.map((run) =>
        runToStart(run, chosen.get(run.job) ?? [], inRow(run.job), settings.aliveSince),
      ),
      isMoreDue,
      failures,
    };
  });
}

interface Choice {
  /** What the run of each job that is chosen stands for. */
  readonly chosen: ReadonlyMap<string, readonly QueuedRun[]>;
  /** The jobs that stand before the last one that is chosen, and are not. */
  readonly leftOut: readonly string[];
  /** How many runs of the chosen jobs come first, when the others are left out. */
  readonly count: number;
  readonly isMoreDue: boolean;
}

/** Reads no more of what is due than it takes to choose: mostly as many as there is room for. */
async function chooseDue(ask: Ask, { plan, most }: ClaimSettings, known: Obstacles): Promise<Choice> {
  const databases = new Map(plan.jobs.map((job) => [job.name, job.database]));
  const room = Math.min(most, plan.maxConcurrentRuns - known.running.length);
  if (room <= 0) return { chosen: new Map(), leftOut: [], count: 0, isMoreDue: true };
  const hindered = hinderedJobs(known);
  for (let length = room; ; length *= 4) {
    const { first, later, isAll } = await dueRuns(ask, length, hindered);
    const chosen = chooseRuns({
      due: [...first, ...later],
      busyDatabases: known.running.map((job) => databases.get(job) ?? ''),
      limits: plan,
      databaseOf: (job) => databases.get(job),
      most: room,
    });
    if (chosen.size < room && !isAll) continue;
    const jobs = new Set(first.map(({ job }) => job));
    const isChosen = (job: string) => chosen.has(job);
    return {
      chosen,
      // A run that goes on may be offered again at this moment, because its replica is gone.
      leftOut: [...hindered, ...[...jobs].filter((job) => !isChosen(job))],
      count: first.filter(({ job }) => isChosen(job)).length,
      isMoreDue: !isAll || jobs.size > chosen.size,
    };
  }
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
