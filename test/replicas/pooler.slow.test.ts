import { describe, expect } from 'vitest';
import { HOUR, MINUTE } from '../../src/calendar/durations.ts';
import { startPgbouncer } from '../support/private-pgbouncer.ts';
import type { Cluster, ClusterReplica } from './cluster.ts';
import {
  allRanSince,
  isJudgedRight,
  isRightSince,
  JOBS,
  nextTick,
  STEP,
  smallCluster,
  until,
  writeOneMore,
} from './small-cluster.ts';

const TICKS_MISSED = 'PPDB-0008';
const OTHER_CONFIGURATION = 'PPDB-0034';

/** Two replicas have up to six connections each, which are to change their sessions. */
const SESSIONS = 4;

const test = smallCluster([0, 60_000], async (cluster) => {
  for (const statement of [
    'CREATE ROLE collector LOGIN',
    'CREATE SCHEMA pp_db_collector AUTHORIZATION collector',
    'CREATE SCHEMA pp_db_collector_queue AUTHORIZATION collector',
  ])
    await cluster.onState(statement);
  const ofCollector = new URL(cluster.server.url);
  ofCollector.username = 'collector';
  const pooler = await startPgbouncer(ofCollector.href, { poolSize: SESSIONS });
  cluster.stopAfterwards(pooler);
  cluster.stateUrl = pooler.url;
});

interface Tick {
  readonly job: string;
  readonly tick: number;
  readonly state: string;
}

/** What the queue knows of the ticks of some jobs from one time to another. */
const ticksBetween = async ({ onState }: Cluster, from: number, to: number) =>
  (await onState(
    `SELECT group_id AS job, (data->>'tick')::float8 AS tick, state::text FROM pp_db_collector_queue.job
     WHERE (data->>'tick')::float8 BETWEEN ${from} AND ${to} ORDER BY tick`,
  )) as unknown as readonly Tick[];

const replaced = async (cluster: Cluster, replica: ClusterReplica, collectors: string) => {
  await replica.stop();
  const next = await cluster.start(replica.name, { collectors });
  await until(async () => (await next.get('/readyz'))?.status === 200);
  return next;
};

describe('two replicas that reach the state by PgBouncer, as a user who may create nothing', {
  timeout: 180_000,
}, () => {
  test('run each tick once', async ({ cluster }) => {
    const first = nextTick();
    await isRightSince(cluster, first);
    const sessions = await cluster.onState(
      `SELECT usename, has_database_privilege(usename, datname, 'CREATE') AS may_create
       FROM pg_stat_activity WHERE application_name LIKE 'pp-db-collector%'`,
    );
    expect(sessions.length).toBeLessThanOrEqual(SESSIONS);
    for (const session of sessions) expect(session).toEqual({ usename: 'collector', may_create: false });
  });

  test('are given another configuration one by one, and no tick of the one or the other is lost or run twice', async ({
    cluster,
    replicas: [one, other],
  }) => {
    if (one === undefined || other === undefined) throw new Error('there are two replicas');
    const [changed, ...rest] = cluster.names;
    const [removed, added] = [rest.pop(), `job-${JOBS}`];
    for (const [index, job] of [...cluster.names.slice(0, -1), added].entries())
      cluster.writeJob(
        `other/${job}.yaml`,
        job === added ? JOBS : index,
        `${job === changed ? '2-59' : '*'}/5 * * * * *`,
      );
    const first = nextTick();
    await writeOneMore(cluster);
    const isOther = ({ tick }: Tick) => tick % STEP !== 0;

    const newer = await replaced(cluster, one, 'other');
    const firstOfOther = nextTick() + STEP;
    await until(async () =>
      [newer, other].every((replica) => replica.logged(OTHER_CONFIGURATION).length === 1),
    );
    for (const replica of [newer, other])
      expect((await replica.get('/'))?.body).toContain('Another configuration');
    await writeOneMore(cluster);
    let lastOfBoth = 0;
    await until(async () => {
      const ticks = await ticksBetween(cluster, firstOfOther, Date.now() - 1_000);
      const done = (job: string | undefined) =>
        ticks.filter((each) => each.job === job && each.state === 'completed');
      lastOfBoth = done(removed).at(-1)?.tick ?? 0;
      return lastOfBoth >= firstOfOther + STEP && ticks.every(({ state }) => state === 'completed');
    });

    await replaced(cluster, other, 'other');
    const since = nextTick();
    await until(async () => !(await newer.get('/'))?.body.includes('Another configuration'));
    await writeOneMore(cluster);
    const last = since + 2 * STEP;
    await allRanSince(cluster, last, [...rest, added]);
    await isJudgedRight(cluster, { first, last, step: STEP, jobs: rest });

    const ofBoth = await ticksBetween(cluster, firstOfOther, lastOfBoth);
    const steps = (lastOfBoth - firstOfOther) / STEP + 1;
    const doneOf = (job: string | undefined, ticks: readonly Tick[]) =>
      ticks.filter((each) => each.job === job && each.state === 'completed');
    expect(doneOf(removed, ofBoth)).toHaveLength(steps);
    expect(doneOf(added, ofBoth)).toHaveLength(steps);
    expect(doneOf(changed, ofBoth).filter((each) => !isOther(each))).toHaveLength(steps);
    expect(doneOf(changed, ofBoth).filter(isOther)).toHaveLength(steps - 1);

    const ofOther = await ticksBetween(cluster, since, last);
    expect(doneOf(changed, ofOther).every(isOther)).toBe(true);
    expect(doneOf(changed, ofOther)).toHaveLength(2);
    expect(doneOf(added, ofOther)).toHaveLength(3);
    expect(doneOf(removed, ofOther)).toEqual([]);
  });

  test('tell once of the ticks that came while both were stopped, and make up for none of them where that is wanted', async ({
    cluster,
    replicas,
  }) => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    const told = () => [...cluster.replicas.values()].flatMap((replica) => replica.logged(TICKS_MISSED));
    const before = told().length;
    // As if they had been stopped for three hours: by then the queue has forgotten what was.
    await cluster.onState(
      `UPDATE pp_db_collector.runs SET started_at = started_at - ${3 * HOUR}, ended_at = ended_at - ${3 * HOUR}`,
    );
    await cluster.onState('DELETE FROM pp_db_collector_queue.job');
    const tick = new Date(Date.now() - 3 * MINUTE).getUTCMinutes();
    for (const [index, job] of cluster.names.entries())
      cluster.writeJob(`hourly/${job}.yaml`, index, `${tick} * * * *`);
    const started = await Promise.all(
      replicas.map(({ name }) =>
        cluster.start(name, { collectors: 'hourly', schedule: 'missed_runs: skip' }),
      ),
    );
    const alive = async (replica: ClusterReplica) =>
      JSON.parse((await replica.get('/api/jobs'))?.body ?? '').replicas.filter(
        (each: { alive: boolean }) => each.alive,
      );
    await until(async () => (await Promise.all(started.map(alive))).every(({ length }) => length === 2));
    await expect.poll(() => told().length - before).toBe(JOBS);
    expect(
      told()
        .slice(before)
        .every(({ ticks }) => ticks === 3),
    ).toBe(true);
    expect(
      new Set(
        told()
          .slice(before)
          .map(({ job }) => job),
      ),
    ).toEqual(new Set(cluster.names));
    expect(
      await cluster.onState(`SELECT FROM pp_db_collector.runs WHERE started_at > ${Date.now() - HOUR}`),
    ).toEqual([]);
  });
});
