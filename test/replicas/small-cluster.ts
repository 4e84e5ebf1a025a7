import { test as base, expect, vi } from 'vitest';
import { Cluster, type ClusterReplica } from './cluster.ts';
import { judge } from './judge.ts';

/** Milliseconds from a tick of each job to the next. */
export const STEP = 5_000;
/** How many jobs there are. */
export const JOBS = 6;

/** Of the events that are written. */
let nextNumber = 2;

/** Three replicas whose clocks are a minute apart, and jobs that tick every five seconds. The tests of a file share them. */
export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern what a fixture needs
  .extend('cluster', { scope: 'file' }, async ({}, { onCleanup }) => {
    const cluster = new Cluster({ jobs: JOBS, ticks: '*/5 * * * * *' });
    onCleanup(() => cluster.end());
    await cluster.prepare();
    for (const [index, ahead] of [0, 60_000, -60_000].entries()) await cluster.start(`r${index}`, { ahead });
    await cluster.write(1);
    await allRanSince(cluster, 0);
    return cluster;
  })
  .extend('replicas', ({ cluster }) => [...cluster.replicas.values()]);

export const until = (isSo: () => Promise<boolean>) =>
  vi.waitUntil(() => isSo().catch(() => false), { timeout: 120_000, interval: 250 });

export const nextTick = () => (Math.floor(Date.now() / STEP) + 1) * STEP;

/** Waits until every job has had a run that began since a time and found nothing that was not collected. */
export const allRanSince = (cluster: Cluster, since: number) =>
  until(async () => {
    const [row] = await cluster.onState(
      `SELECT count(DISTINCT job)::int AS jobs FROM pp_db_collector.runs WHERE outcome = 'empty' AND started_at > ${since}`,
    );
    return row?.jobs === JOBS;
  });

/** Waits until a replica is in the midst of a run: the write host has the request, and does not answer. */
export async function inTheMidst(cluster: Cluster): Promise<ClusterReplica> {
  cluster.host.hold();
  await cluster.write(nextNumber++);
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
  await cluster.write(nextNumber++);
  const last = nextTick();
  await allRanSince(cluster, last);
  // What has ended this moment is not yet everywhere: what is wrong stays so.
  await vi.waitFor(
    async () => {
      const { isRight, lines } = await judge(cluster, { first, last, step: STEP });
      expect(isRight, lines.join('\n')).toBe(true);
    },
    { timeout: 2 * STEP, interval: 250 },
  );
}
