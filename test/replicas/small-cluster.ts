import { test as base, expect, vi } from 'vitest';
import { Cluster, type ClusterReplica, type ClusterSettings } from './cluster.ts';
import { type JudgedTicks, judge } from './judge.ts';

/** Milliseconds from a tick of each job to the next. */
export const STEP = 5_000;
/** How many jobs there are. */
export const JOBS = 6;
/** Milliseconds between two requests that try a write host that is down. */
export const PAUSE = 1_000;

/** Of the events that are written. */
let nextNumber = 2;

const SETTINGS: ClusterSettings = {
  jobs: JOBS,
  ticks: '*/5 * * * * *',
  // So that each takes some.
  schedule: `max_concurrent_runs: ${JOBS}`,
  writeApi: `retry: { for: 4s, max_delay: ${PAUSE / 1_000}s }`,
};

/**
 * Replicas whose clocks are a minute apart, and jobs that tick every five seconds. The tests of a file share them.
 *
 * @param ahead milliseconds of the clock of each @param prepare what is done to the servers before
 */
export const smallCluster = (ahead: readonly number[], prepare?: (cluster: Cluster) => Promise<void>) =>
  base
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern what a fixture needs
    .extend('cluster', { scope: 'file' }, async ({}, { onCleanup }) => {
      const cluster = new Cluster(SETTINGS);
      onCleanup(() => cluster.end());
      await cluster.prepare();
      await prepare?.(cluster);
      for (const [index, ofOne] of ahead.entries()) await cluster.start(`r${index}`, { ahead: ofOne });
      await cluster.write(1);
      await allRanSince(cluster, 0);
      return cluster;
    })
    .extend('replicas', ({ cluster }) => [...cluster.replicas.values()]);

export const until = (isSo: () => Promise<boolean>) =>
  vi.waitUntil(() => isSo().catch(() => false), { timeout: 120_000, interval: 250 });

export const nextTick = () => (Math.floor(Date.now() / STEP) + 1) * STEP;

/** One more event of each job. */
export const writeOneMore = (cluster: Cluster) => cluster.write(nextNumber++);

/** Waits until every job has had a run that began since a time and found nothing that was not collected. */
export const allRanSince = (cluster: Cluster, since: number, jobs = cluster.names) =>
  until(async () => {
    const rows = await cluster.onState(
      `SELECT DISTINCT job FROM pp_db_collector.runs WHERE outcome = 'empty' AND started_at > ${since}`,
    );
    const ran = new Set(rows.map(({ job }) => job));
    return jobs.every((job) => ran.has(job));
  });

/** Waits until a replica is in the midst of a run: the write host has the request, and does not answer. */
export async function inTheMidst(cluster: Cluster): Promise<ClusterReplica> {
  cluster.host.hold();
  await writeOneMore(cluster);
  let found: ClusterReplica | undefined;
  await until(async () => {
    const [held] = await cluster.onState('SELECT holder FROM pp_db_collector.leases LIMIT 1');
    const running = [...cluster.replicas.values()].find(({ child }) =>
      String(held?.holder).startsWith(`process ${child.pid} `),
    );
    if (cluster.host.held > 0) found = running;
    return found !== undefined;
  });
  if (found === undefined) throw new Error('no replica runs anything');
  return found;
}

/** Waits until all jobs have run again, and compares what was run since a tick with what should have been. */
export async function isRightSince(cluster: Cluster, first: number): Promise<void> {
  await writeOneMore(cluster);
  const last = nextTick();
  await allRanSince(cluster, last);
  await isJudgedRight(cluster, { first, last, step: STEP });
}

/** What has ended this moment is not yet everywhere: what is wrong stays so. */
export async function isJudgedRight(cluster: Cluster, ticks: JudgedTicks): Promise<void> {
  await vi.waitFor(
    async () => {
      const { isRight, lines } = await judge(cluster, ticks);
      expect(isRight, lines.join('\n')).toBe(true);
    },
    { timeout: 2 * STEP, interval: 250 },
  );
}
