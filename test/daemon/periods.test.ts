import { expect, test } from 'vitest';
import type { WindowJob } from '../../src/config/config.ts';
import { recentPeriods } from '../../src/daemon/view.ts';
import { jobOf } from '../support/collecting.ts';
import { DAY, HOUR, START } from './daemon-world.ts';

const jobWith = (window: Record<string, unknown>, timezone = 'Europe/London') =>
  jobOf({ window, timezone }) as WindowJob;

test('the last periods are collected, owed or not over, oldest first', () => {
  // In London it is seven o'clock.
  const collectedTo = Date.parse('2026-05-01T23:00:00Z');
  const periods = recentPeriods(jobWith({ period: 'day' }), collectedTo, START);
  expect(periods).toHaveLength(93);
  expect(periods.slice(-4)).toEqual([
    { label: '2026-05-01', from: collectedTo - DAY, to: collectedTo, state: 'collected' },
    { label: '2026-05-02', from: collectedTo, to: collectedTo + DAY, state: 'owed' },
    { label: '2026-05-03', from: collectedTo + DAY, to: collectedTo + 2 * DAY, state: 'owed' },
    { label: '2026-05-04', from: collectedTo + 2 * DAY, to: collectedTo + 3 * DAY, state: 'not-over' },
  ]);
});

test('a period is not over before its delay is, unless it is collected already', () => {
  const job = jobWith({ period: 'day', delay: '8h' });
  const states = (collectedTo?: number) =>
    recentPeriods(job, collectedTo, START)
      .slice(-3)
      .map(({ state }) => state);
  expect(states()).toEqual(['owed', 'not-over', 'not-over']);
  expect(states(Date.parse('2026-05-03T23:00:00Z'))).toEqual(['collected', 'collected', 'not-over']);
  const at = (now: number) => recentPeriods(job, undefined, now).at(-2)?.state;
  expect([at(START + HOUR - 1), at(START + HOUR)]).toEqual(['not-over', 'owed']);
});

test('each period stands for itself, whatever one query collects', () => {
  const job = jobWith({ period: 'day', max_periods: 31, include_current: false, start: '2026-05-02' });
  expect(recentPeriods(job, undefined, START).map(({ label }) => label)).toEqual([
    '2026-05-02',
    '2026-05-03',
    '2026-05-04',
  ]);
});

test('an hour is called by its time', () => {
  const periods = recentPeriods(jobWith({ period: 'hour' }), undefined, START + 1);
  expect(periods.at(-1)).toMatchObject({ label: '2026-05-04T06:00:00Z', from: START });
  expect(periods).toHaveLength(73);
});

test.each([
  ['week', '2025-04-28', 54],
  ['month', '2024-05-01', 25],
  ['quarter', '2022-04-01', 17],
  ['year', '2016-01-01', 11],
])('of a %s the strip goes back to %s', (period, first, count) => {
  const periods = recentPeriods(jobWith({ period }), undefined, START);
  expect(periods[0]?.label).toBe(first);
  expect(periods).toHaveLength(count);
});
