import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import {
  allRanSince,
  inTheMidst,
  isRightSince,
  nextTick,
  PAUSE,
  STEP,
  smallCluster,
  until,
  writeOneMore,
} from './small-cluster.ts';

const test = smallCluster([0, 60_000, -60_000]);

const RUN_STARTED = 'PPDB-0101';
const HOST_DOWN = 'PPDB-0202';
const HOST_UP = 'PPDB-0203';

describe('three replicas', { timeout: 180_000 }, () => {
  test('tell the same from everywhere: who is there, and who runs what', async ({ replicas }) => {
    const overviews = await Promise.all(
      replicas.map(async (replica) => JSON.parse((await replica.get('/api/jobs'))?.body ?? '')),
    );
    for (const { replicas, ready, jobs } of overviews) {
      expect(ready).toBe(true);
      expect(replicas.map(({ alive }: { alive: boolean }) => alive)).toEqual([true, true, true]);
      expect(replicas.filter((each: { this: boolean }) => each.this)).toHaveLength(1);
      expect(jobs.every((job: { last_run: unknown }) => job.last_run !== null)).toBe(true);
    }
    const page = await replicas[0]?.get('/');
    expect(page?.body).toContain('which shows this page');
  });

  test('run each tick once, though one is killed in the midst of runs and another one comes', async ({
    cluster,
  }) => {
    const first = nextTick();
    const victim = await inTheMidst(cluster);
    await victim.kill();
    cluster.replicas.delete(victim.name);
    cluster.host.letGo();
    await cluster.start('r3');
    await isRightSince(cluster, first);
  });

  test('run each tick once, though one is suspended in the midst of runs for longer than its leases last', async ({
    cluster,
  }) => {
    const first = nextTick();
    const victim = await inTheMidst(cluster);
    victim.signal('SIGSTOP');
    cluster.host.letGo();
    await allRanSince(cluster, Date.now());
    victim.signal('SIGCONT');
    await isRightSince(cluster, first);
  });

  test('run each tick once, though one of them alone loses the database, which starts nothing until it is back', async ({
    cluster,
  }) => {
    const first = nextTick();
    const victim = await inTheMidst(cluster);
    victim.cutOff();
    cluster.host.letGo();
    const saysSo = /^not ready: the state database .* cannot be used/;
    await until(async () => {
      const answer = await victim.get('/readyz');
      return answer?.status === 503 && saysSo.test(answer.body);
    });
    expect(await victim.get('/healthz')).toEqual({ status: 200, body: 'ok\n' });
    const started = victim.logged(RUN_STARTED).length;
    // What it was in the midst of has its leases for some time, and is then run by the others.
    await allRanSince(cluster, Date.now());
    expect(victim.logged(RUN_STARTED)).toHaveLength(started);
    expect((await victim.get('/readyz'))?.status).toBe(503);
    victim.reconnect();
    await until(async () => (await victim.get('/readyz'))?.status === 200);
    await until(async () => victim.logged(RUN_STARTED).length > started);
    await isRightSince(cluster, first);
  });

  test('try a write host that is down no more often than one would, and go on when it is back', async ({
    cluster,
    replicas,
  }) => {
    const first = nextTick();
    const told = (code: string) => Math.min(...replicas.map((replica) => replica.logged(code).length));
    const [down, up] = [told(HOST_DOWN), told(HOST_UP)];
    cluster.host.broken = 503;
    await writeOneMore(cluster);
    await until(async () => told(HOST_DOWN) > down);
    const { requests } = cluster.host;
    await delay(5 * PAUSE);
    const tries = cluster.host.requests - requests;
    expect(tries).toBeGreaterThanOrEqual(3);
    expect(tries).toBeLessThanOrEqual(6);
    cluster.host.broken = undefined;
    await until(async () => told(HOST_UP) > up);
    await isRightSince(cluster, first);
  });

  test('run each tick once, though the database is killed, and start nothing while it is away', async ({
    cluster,
    replicas,
  }) => {
    const first = nextTick();
    await delay(STEP);
    await cluster.server.kill9();
    const answering = (status: number) =>
      until(async () => {
        const answers = await Promise.all(replicas.map((replica) => replica.get('/readyz')));
        return answers.every((answer) => answer?.status === status);
      });
    await answering(503);
    for (const replica of replicas) {
      expect((await replica.get('/readyz'))?.body).toMatch(
        /^not ready: the state database .* cannot be used/,
      );
      expect(await replica.get('/healthz')).toEqual({ status: 200, body: 'ok\n' });
    }
    const { requests } = cluster.host;
    // Of six seconds one is a tick.
    await delay(STEP + 1_000);
    expect(cluster.host.requests).toBe(requests);
    await cluster.server.restart();
    await answering(200);
    await isRightSince(cluster, first);
  });

  test('lose nothing when all of them are stopped', async ({ cluster, replicas }) => {
    const first = nextTick();
    await inTheMidst(cluster);
    const stopped = replicas.map((replica) => replica.stop());
    cluster.host.letGo();
    await Promise.all(stopped);
    cluster.replicas.clear();
    await cluster.start('r4');
    await isRightSince(cluster, first);
  });
});
