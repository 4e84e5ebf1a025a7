import { setTimeout as delay } from 'node:timers/promises';
import { test as base, describe, expect, vi } from 'vitest';
import { Cluster, type ClusterReplica } from './cluster.ts';
import { judge } from './judge.ts';

const STEP = 5_000;
const JOBS = 6;

/** Three replicas whose clocks are a minute apart, and jobs that tick every five seconds. */
const test = base.extend<{ cluster: Cluster }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern what a fixture needs
  cluster: async ({}, use) => {
    const cluster = new Cluster({ jobs: JOBS, ticks: '*/5 * * * * *' });
    await cluster.prepare();
    const clocks = [0, 60_000, -60_000];
    for (const [index, ahead] of clocks.entries()) await cluster.start(`r${index}`, ahead);
    await cluster.write(1);
    await until(async () => (await successes(cluster)) >= 2 * JOBS);
    await use(cluster);
    await cluster.end();
  },
});

const until = (isSo: () => Promise<boolean>) =>
  vi.waitUntil(() => isSo().catch(() => false), { timeout: 120_000, interval: 250 });

const replicaOf = (cluster: Cluster, name: string): ClusterReplica => {
  const replica = cluster.replicas.get(name);
  if (replica === undefined) throw new Error(`no replica ${name}`);
  return replica;
};

async function successes(cluster: Cluster): Promise<number> {
  const rows = await cluster.onState(
    "SELECT count(*)::int AS count FROM pp_db_collector.runs WHERE outcome IN ('succeeded', 'empty')",
  );
  return Number(rows[0]?.count);
}

const nextTick = () => Math.ceil((Date.now() + STEP) / STEP) * STEP;

/** Waits until all jobs have run again, ends all replicas, and compares. */
async function isRightSince(cluster: Cluster, first: number): Promise<void> {
  await cluster.write(1_000);
  const last = nextTick();
  await until(async () => {
    const rows = await cluster.onState(
      `SELECT count(DISTINCT job)::int AS count FROM pp_db_collector.runs
       WHERE outcome = 'empty' AND started_at > ${last + STEP}`,
    );
    return Number(rows[0]?.count) === JOBS;
  });
  await Promise.all([...cluster.replicas.values()].map((replica) => replica.stop()));
  const { isRight, lines } = await judge(cluster, { first, last, step: STEP });
  expect(isRight, lines.join('\n')).toBe(true);
}

describe('three replicas', () => {
  test('run each tick once, though one is killed and another one comes', async ({ cluster }) => {
    const first = nextTick();
    await delay(STEP);
    await replicaOf(cluster, 'r0').kill();
    cluster.replicas.delete('r0');
    await cluster.write(2);
    await cluster.start('r3');
    await isRightSince(cluster, first);
  });

  test('run each tick once, though one is suspended for longer than its leases last', async ({ cluster }) => {
    const first = nextTick();
    await delay(STEP);
    replicaOf(cluster, 'r1').signal('SIGSTOP');
    await cluster.write(2);
    await delay(30_000);
    replicaOf(cluster, 'r1').signal('SIGCONT');
    await isRightSince(cluster, first);
  });

  test('run each tick once, though the database is killed, and start nothing while it is away', async ({
    cluster,
  }) => {
    const first = nextTick();
    await delay(STEP);
    await cluster.server.kill9();
    const replicas = [...cluster.replicas.values()];
    await until(async () => {
      const answers = await Promise.all(replicas.map((replica) => replica.get('/readyz')));
      return answers.every((answer) => answer?.status === 503);
    });
    for (const replica of replicas) {
      expect((await replica.get('/readyz'))?.body).toMatch(
        /^not ready: the state database .* cannot be used/,
      );
      expect(await replica.get('/healthz')).toEqual({ status: 200, body: 'ok\n' });
    }
    const { requests } = cluster.host;
    await cluster.write(2);
    await delay(2 * STEP);
    expect(cluster.host.requests).toBe(requests);
    await cluster.server.restart();
    await until(async () => {
      const answers = await Promise.all(replicas.map((replica) => replica.get('/readyz')));
      return answers.every((answer) => answer?.status === 200);
    });
    await isRightSince(cluster, first);
  });

  test('tell the same from everywhere: who is there, and who runs what', async ({ cluster }) => {
    const overviews = await Promise.all(
      [...cluster.replicas.values()].map(async (replica) =>
        JSON.parse((await replica.get('/api/jobs'))?.body ?? ''),
      ),
    );
    for (const { replicas, ready, jobs } of overviews) {
      expect(ready).toBe(true);
      expect(replicas.map(({ alive }: { alive: boolean }) => alive)).toEqual([true, true, true]);
      expect(replicas.filter((each: { this: boolean }) => each.this)).toHaveLength(1);
      expect(jobs.every((job: { last_run: unknown }) => job.last_run !== null)).toBe(true);
    }
    const page = await [...cluster.replicas.values()][0]?.get('/');
    expect(page?.body).toContain('which shows this page');
  });
});
