import { describe, expect, test } from 'vitest';
import { UpcomingTicks } from '../../src/replicas/upcoming-ticks.ts';
import { planOf } from './shared-world.ts';

const START = Date.UTC(2026, 4, 4, 6);
const MINUTE = 60_000;

function ticksFrom(schedules: readonly string[], servedUpTo?: number): UpcomingTicks {
  const ticks = new UpcomingTicks((name, error) => {
    throw new Error(`${name}: ${error}`);
  });
  ticks.replace(planOf(schedules.map((schedule) => ({ schedule }))).jobs, START, () => servedUpTo);
  return ticks;
}

const shown = (taken: ReturnType<UpcomingTicks['take']>) =>
  taken.map(({ job, tick, count }) => `${job.name} ${(tick - START) / MINUTE} ${count}`);

describe('ticks', () => {
  test('come in their order, each once', () => {
    const ticks = ticksFrom(['*/2 * * * *', '* * * * *']);
    expect(shown(ticks.take(START, START + 2 * MINUTE))).toEqual(['job-1 1 1', 'job-0 2 1', 'job-1 2 1']);
    expect(ticks.take(START, START + 2 * MINUTE)).toEqual([]);
    expect(shown(ticks.take(START, START + 3 * MINUTE))).toEqual(['job-1 3 1']);
  });

  test('that have passed become the latest of them, those to come stay apart', () => {
    const ticks = ticksFrom(['* * * * *']);
    const now = START + 10 * MINUTE;
    expect(shown(ticks.take(now, now + 2 * MINUTE))).toEqual(['job-0 10 10', 'job-0 11 1', 'job-0 12 1']);
  });

  test('are made up for from behind the last run', () => {
    const ticks = ticksFrom(['*/5 * * * *'], START - 12 * MINUTE);
    expect(shown(ticks.take(START, START))).toEqual(['job-0 0 3']);
  });

  test('that are given back come again', () => {
    const ticks = ticksFrom(['* * * * *', '*/3 * * * *']);
    const now = START + 5 * MINUTE;
    const taken = ticks.take(now, now + MINUTE);
    ticks.giveBack(taken);
    expect(shown(ticks.take(now, now + MINUTE)).sort()).toEqual(shown(taken).sort());
  });

  test('of a schedule that stays keep their place, and those of one that changes begin now', () => {
    const ticks = ticksFrom(['* * * * *', '*/5 * * * *']);
    ticks.take(START, START + 3 * MINUTE);
    const plan = planOf([{ schedule: '* * * * *' }, { schedule: '*/2 * * * *' }]);
    ticks.replace(plan.jobs, START + MINUTE, () => START - 100 * MINUTE);
    expect(shown(ticks.take(START + MINUTE, START + 4 * MINUTE))).toEqual([
      'job-1 2 1',
      'job-0 4 1',
      'job-1 4 1',
    ]);
  });

  test('that cannot be worked out stop one job only', () => {
    const told: string[] = [];
    const ticks = new UpcomingTicks((name) => told.push(name));
    const jobs = planOf([
      { timezone: 'Europe/Nowhere', schedule: '* * * * *' },
      { schedule: '* * * * *' },
    ]).jobs;
    ticks.replace(jobs, START, () => undefined);
    expect(shown(ticks.take(START, START + MINUTE))).toEqual(['job-1 1 1']);
    expect(told).toEqual(['job-0']);
    expect(ticks.problemOf('job-0')).toContain('time zone');
  });
});
