import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { hasServer } from '../support/databases.ts';
import { startPgbouncer } from '../support/private-pgbouncer.ts';
import { startPostgresql } from '../support/private-postgresql.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { stepOf } from './examples.ts';
import { dropDatabasesAfterwards, leaseOf, newDatabase, opened } from './open-state.ts';
import { startStateProcess } from './start-state-process.ts';

dropDatabasesAfterwards();

const SOON = { leaseTimes: { renewEvery: 100, validFor: 1_000 } };
const stepTo = (collectedTo: number) => stepOf({ progress: { collectedTo } });

/** A server that may be killed. */
async function ownServer() {
  const server = await startPostgresql();
  onTestFinished(() => server.stop());
  return server;
}

/** The same database by a way that may be cut. */
async function cuttable(url: string) {
  const { hostname, port } = new URL(url);
  const proxy = await startTcpProxy({ host: hostname, port: Number(port) || 5432 });
  onTestFinished(() => proxy.close());
  const way = new URL(url);
  way.port = String(proxy.port);
  return { proxy, way: way.href };
}

test.runIf(hasServer('postgresql'))(
  'a process that was suspended finds its job taken over, and stores nothing any more',
  async () => {
    const { url } = await newDatabase('postgresql');
    const suspended = await startStateProcess(url, SOON);
    await suspended.does('take', 'a');
    const run = await suspended.does<number>('do', 'beginRun', 'a', 1_000);
    await suspended.does('do', 'acknowledged', 'a', run, stepTo(10));
    suspended.signal('SIGSTOP');
    const state = await opened(url, SOON);
    await expect.poll(() => state.takeLease('a')).toMatchObject({ kind: 'lease' });
    expect((await state.runs({ job: 'a', limit: 1 }))[0]).toMatchObject({ outcome: 'interrupted' });
    suspended.signal('SIGCONT');
    await expect(suspended.does('do', 'acknowledged', 'a', run, stepTo(20))).rejects.toThrow(
      'this process does not hold the lease of the job a',
    );
    await expect.poll(() => suspended.does('lost', 'a')).toBeTruthy();
    expect(await state.progressOf('a')).toEqual({ collectedTo: 10 });
  },
);

test.runIf(hasServer('postgresql'))(
  'a job of a process that was killed is taken over when its lease is over',
  async () => {
    const { url } = await newDatabase('postgresql');
    const killed = await startStateProcess(url, SOON);
    await killed.does('take', 'a');
    await killed.kill9();
    const state = await opened(url, SOON);
    expect((await state.takeLease('a')).kind).toBe('busy');
    await expect.poll(() => state.takeLease('a')).toMatchObject({ kind: 'lease' });
  },
);

test.runIf(hasServer('postgresql'))(
  'a process that cannot reach the database gives its lease up before anybody else can take it',
  async () => {
    const { url } = await newDatabase('postgresql');
    const { proxy, way } = await cuttable(url);
    const cutOff = await opened(way, { ...SOON, patience: 0 });
    const other = await opened(url, SOON);
    const lease = await leaseOf(cutOff);
    proxy.freeze();
    const taken: boolean[] = [];
    await vi.waitUntil(
      async () => {
        const answer = await other.takeLease('a');
        if (answer.kind === 'lease') taken.push(lease.lost.aborted);
        return answer.kind === 'lease';
      },
      { timeout: 10_000, interval: 10 },
    );
    expect(taken).toEqual([true]);
    expect(lease.lost.reason).toMatchObject({
      side: 'source',
      message: 'the lease of the job a could not be renewed for 1 s: another process may run it by now',
    });
    proxy.reset();
  },
);

test.runIf(hasServer('postgresql'))(
  'a step whose commit was not answered is stored once, and whoever asked is told that it may be',
  async () => {
    const { url, execute } = await newDatabase('postgresql');
    const { proxy, way } = await cuttable(url);
    const state = await opened(way);
    await leaseOf(state);
    const run = await state.beginRun('a', 1);
    await execute(`CREATE FUNCTION pp_db_collector.slowly() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$`);
    await execute(`CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON pp_db_collector.figures
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pp_db_collector.slowly()`);
    const periods = [{ period: 0, records: 3, sums: {} }];
    const step = stepOf({ progress: { collectedTo: 5 }, figures: { length: 'day', periods } });
    const acknowledged = state.acknowledged('a', run, step);
    const told = expect(acknowledged).rejects.toMatchObject({
      side: 'source',
      message:
        'the connection to the state database was lost while it stored something: it may be stored or not',
    });
    const committing = "SELECT count(*) FROM pg_stat_activity WHERE query = 'COMMIT' AND state = 'active'";
    await expect.poll(() => execute(committing)).toEqual([['1']]);
    proxy.reset();
    await told;
    await expect.poll(() => state.progressOf('a')).toEqual({ collectedTo: 5 });
    expect(await state.figuresOf('a')).toEqual({ length: 'day', periods });
  },
);

test('whatever was acknowledged is there after the server was killed, and work goes on by itself', async () => {
  const server = await ownServer();
  const state = await opened(server.url, { patience: 20_000 });
  const lease = await leaseOf(state);
  const run = await state.beginRun('a', 1);
  let [told, isOver] = [0, false];
  const marching = (async () => {
    for (let number = 1; !isOver; number++) {
      await state.acknowledged('a', run, stepTo(number)).then(
        () => {
          told = number;
        },
        (error: Error) => expect(error).toMatchObject({ name: 'StateError', side: 'source' }),
      );
    }
  })();
  try {
    for (let time = 0; time < 3; time++) {
      await delay(200 + 300 * Math.random());
      await server.kill9();
      const before = told;
      await server.restart();
      expect((await state.progressOf('a'))?.collectedTo).toBeGreaterThanOrEqual(before);
      await vi.waitUntil(() => told > before, { timeout: 20_000 });
    }
  } finally {
    isOver = true;
    await marching;
  }
  expect((await state.progressOf('a'))?.collectedTo).toBe(told);
  expect(lease.lost.aborted).toBe(false);
});

test('while the server is away every call fails with what to do, and the next one after it succeeds', async () => {
  const server = await ownServer();
  const state = await opened(server.url, { patience: 0 });
  await leaseOf(state);
  await server.kill9();
  for (let time = 0; time < 2; time++) {
    await expect(state.acknowledged('a', 1, stepTo(1))).rejects.toMatchObject({
      name: 'StateError',
      side: 'source',
      message: expect.stringMatching(/^the state database 127.0.0.1:\d+\/postgres cannot be used: /),
      remedy: expect.stringContaining('nothing is lost'),
    });
  }
  await server.restart();
  await state.acknowledged('a', await state.beginRun('a', 1), stepTo(1));
});

test('a pooler that restarts in the midst of the work costs nothing', async () => {
  const server = await ownServer();
  const pooler = await startPgbouncer(server.url, { poolSize: 2 });
  onTestFinished(() => pooler.stop());
  const state = await opened(pooler.url, { patience: 20_000 });
  await leaseOf(state);
  const run = await state.beginRun('a', 1);
  for (let number = 1; number <= 3; number++) {
    const steps = Array.from({ length: 20 }, (_, index) =>
      state.noteRun(run, stepOf({ work: undefined, counts: { ...stepOf().counts, rows: index } })),
    );
    await state.acknowledged('a', run, stepTo(number));
    await Promise.all(steps);
    await pooler.kill9();
    await pooler.restart();
  }
  expect(await state.progressOf('a')).toEqual({ collectedTo: 3 });
});
