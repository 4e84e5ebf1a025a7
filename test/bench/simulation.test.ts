import { expect, test } from 'vitest';
import { type DepartmentSettings, departmentPlan } from '../../bench/scaling/departments.ts';
import { costAt, type QueueCosts } from '../../bench/scaling/queue-costs.ts';
import { Simulation } from '../../bench/scaling/simulation.ts';

const HOUR = 3_600_000;
const FROM = Date.UTC(2026, 0, 14, 0, 55);
const UNTIL = FROM + 2 * HOUR;

const pieces = [0, 1_000].map((due) => ({ due, lasts: 1 + due / 50, database: 1 }));
const piece = { lasts: 1, database: 1 };
const COSTS: QueueCosts = {
  measuredOn: 'nothing',
  kept: 0,
  ...{ look: pieces, claimNothing: pieces, claimSome: pieces, claimed: 1 },
  ...{ add: piece, addKnown: piece, complete: piece, greet: piece },
  bytes: { perRun: 1, perRunPacked: 1 },
  vacuum: { lasts: 1, deadRows: 1 },
};

function simulated(over: Partial<DepartmentSettings> = {}, costs = COSTS) {
  const settings = {
    ...{ jobs: 120, databases: 6, maxConcurrentRuns: 9, maxConnections: 2, jitter: 0, seed: 1 },
    ...{ isSpread: false, ...over },
  };
  const plan = departmentPlan(settings);
  const simulation = new Simulation({
    ...{ plan, replicas: 4, costs, queryMiddle: 2_000, roundTrip: 0, seed: 1, from: FROM, until: UNTIL },
  });
  return { plan, result: simulation.run() };
}

/** When a job ticks, worked out minute by minute. In winter London has UTC. */
function ticksOf(schedule: string): number[] {
  const [minutes = '', hours = ''] = schedule.split(' ');
  const fits = (minute: number) => {
    const [, offset] = /^(\d+)-59\/5$/.exec(minutes) ?? [];
    if (minutes === '*/5' || offset !== undefined) return minute % 5 === Number(offset ?? 0);
    return minute === Number(minutes);
  };
  const ticks: number[] = [];
  for (let at = FROM; at < UNTIL; at += 60_000) {
    const date = new Date(at);
    if (fits(date.getUTCMinutes()) && (hours === '*' || date.getUTCHours() === Number(hours))) ticks.push(at);
  }
  return ticks;
}

test.each([false, true])('every tick is run once, or by a run that stands for it; spread: %s', (isSpread) => {
  const { plan, result } = simulated({ isSpread });
  const expected = plan.jobs.flatMap(({ name, schedule = '' }) =>
    ticksOf(schedule).map((tick) => `${name} ${tick}`),
  );
  expect(expected.length).toBeGreaterThan(100);
  expect(result.runs.map(({ job, tick }) => `${job} ${tick}`).sort()).toEqual(expected.sort());
  for (const run of result.runs) {
    expect((run.startedAt === undefined) === (run.mergedInto !== undefined)).toBe(true);
    if (run.startedAt === undefined) continue;
    expect(run.startedAt).toBeGreaterThanOrEqual(run.dueAt);
    expect(run.endedAt).toBeGreaterThan(run.startedAt);
  }
});

test('limits hold over all replicas, and are used', () => {
  expect(simulated().result.most).toEqual({ runs: 9, ofDatabase: 2 });
  expect(simulated({ maxConnections: 1 }).result.most).toEqual({ runs: 6, ofDatabase: 1 });
});

test('no job runs beside itself', () => {
  const { runs } = simulated({ maxConcurrentRuns: 3 }).result;
  for (const ofJob of Map.groupBy(runs, ({ job }) => job).values()) {
    const begun = ofJob.filter(({ startedAt }) => startedAt !== undefined);
    begun.sort((one, other) => (one.startedAt ?? 0) - (other.startedAt ?? 0));
    for (const [index, run] of begun.entries())
      expect(run.startedAt).toBeGreaterThanOrEqual(begun[index - 1]?.endedAt ?? 0);
  }
});

test('the same seed gives the same night, another one another', () => {
  expect(simulated().result.runs).toEqual(simulated().result.runs);
  expect(simulated({ seed: 2 }).result.runs).not.toEqual(simulated().result.runs);
});

test('who waits for the lock for too long gives up, is counted, and nothing is lost', () => {
  const slow = [0, 1_000].map((due) => ({ due, lasts: 6_000, database: 1 }));
  const { result } = simulated({ jobs: 12 }, { ...COSTS, claimNothing: slow, claimSome: slow });
  expect(result.lockTimeouts).toBeGreaterThan(0);
  for (const run of result.runs) expect(run.startedAt ?? run.mergedInto).toBeDefined();
});

test('costs lie on straight lines between what was measured, and beyond it', () => {
  const measured = [0, 100, 1_000].map((due) => ({
    due,
    lasts: due === 1_000 ? 19 : due / 100,
    database: 2,
  }));
  expect([0, 50, 100, 550, 1_000, 1_450].map((due) => costAt(measured, due).lasts)).toEqual([
    0, 0.5, 1, 10, 19, 28,
  ]);
});
