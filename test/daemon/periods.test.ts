import { describe, expect, test } from 'vitest';
import type { WindowJob } from '../../src/config/config.ts';
import { recentPeriods } from '../../src/daemon/recent-periods.ts';
import type { Span } from '../../src/model/progress.ts';
import { collectedTime } from '../../src/schedule/collected-time.ts';
import { jobOf } from '../support/collecting.ts';
import { DAY, HOUR, START } from './daemon-world.ts';

const jobWith = (window: Record<string, unknown>, timezone = 'Europe/London') =>
  jobOf({ window, timezone }) as WindowJob;

/** The last periods of a job of which is acknowledged what comes before a time. */
function periodsOf(job: WindowJob, collectedTo?: number, now = START) {
  const spans = collectedTo === undefined ? [] : [{ from: collectedTo - 100 * DAY, to: collectedTo }];
  return recentPeriods(job, collectedTime(job, spans, { collectedTo }, now), now);
}

test('the last periods are collected, owed or not over, oldest first', () => {
  // In London it is seven o'clock.
  const collectedTo = Date.parse('2026-05-01T23:00:00Z');
  const periods = periodsOf(jobWith({ period: 'day' }), collectedTo);
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
    periodsOf(job, collectedTo)
      .slice(-3)
      .map(({ state }) => state);
  expect(states()).toEqual(['owed', 'not-over', 'not-over']);
  expect(states(Date.parse('2026-05-03T23:00:00Z'))).toEqual(['collected', 'collected', 'not-over']);
  const at = (now: number) => periodsOf(job, undefined, now).at(-2)?.state;
  expect([at(START + HOUR - 1), at(START + HOUR)]).toEqual(['not-over', 'owed']);
});

describe('a period that is over', () => {
  // Seven o'clock in London; the day before ended at midnight.
  const midnight = Date.parse('2026-05-03T23:00:00Z');
  const job = (over: Record<string, unknown>) =>
    jobOf({ window: { period: 'day' }, timezone: 'Europe/London', ...over }) as WindowJob;
  const lastThree = (of: WindowJob, now: number, hasRun = true) => {
    const spans = [{ from: midnight - 20 * DAY, to: midnight - 2 * DAY }];
    const time = collectedTime(of, spans, { collectedTo: midnight - 2 * DAY }, now);
    return recentPeriods(of, time, now, hasRun)
      .slice(-3)
      .map(({ state, dueAt }) => (dueAt === undefined ? state : `${state} ${(dueAt - midnight) / HOUR}`));
  };

  test('is due at the first tick after its end, and owed from then on', () => {
    const daily = job({ schedule: '0 9 * * *' });
    expect(lastThree(daily, midnight + 9 * HOUR - 1)).toEqual(['owed', 'due 9', 'not-over']);
    expect(lastThree(daily, midnight + 9 * HOUR)).toEqual(['owed', 'owed', 'not-over']);
  });

  test('but not its delay, waits for the tick after that', () => {
    const late = job({ schedule: '0 9 * * *', window: { period: 'day', delay: '10h' } });
    expect(lastThree(late, midnight + 9.5 * HOUR)).toEqual(['owed', 'not-over', 'not-over']);
    expect(lastThree(late, midnight + 10 * HOUR)).toEqual(['owed', 'due 33', 'not-over']);
  });

  test('of a job that has not run yet is due at its first tick, as all others are', () => {
    expect(lastThree(job({ schedule: '0 9 * * *' }), midnight + HOUR, false)).toEqual([
      ...['due 9', 'due 9', 'not-over'],
    ]);
  });

  test('of a job that nothing runs by itself is owed', () => {
    for (const over of [{ schedule: undefined }, { schedule: '0 9 * * *', enabled: false }])
      expect(lastThree(job(over), midnight + HOUR, false)).toEqual(['owed', 'owed', 'not-over']);
  });
});

test('each period stands for itself, whatever one query collects', () => {
  const job = jobWith({ period: 'day', max_periods: 31, include_current: false, start: '2026-05-02' });
  expect(periodsOf(job).map(({ label }) => label)).toEqual(['2026-05-02', '2026-05-03', '2026-05-04']);
});

test('an hour is called by its time', () => {
  const periods = periodsOf(jobWith({ period: 'hour' }), undefined, START + 1);
  expect(periods.at(-1)).toMatchObject({ label: '2026-05-04T06:00:00Z', from: START });
  expect(periods).toHaveLength(73);
});

test.each([
  ['week', '2025-04-28', 54],
  ['month', '2024-05-01', 25],
  ['quarter', '2022-04-01', 17],
  ['year', '2016-01-01', 11],
])('of a %s the strip goes back to %s', (period, first, count) => {
  const periods = periodsOf(jobWith({ period }));
  expect(periods[0]?.label).toBe(first);
  expect(periods).toHaveLength(count);
});

describe('what was not acknowledged', () => {
  const day = (date: string) => Date.parse(`2026-${date}T00:00:00Z`);
  const span = (from: string, to: string) => ({ from: day(from), to: day(to) });

  /** The first letters of the states from 20 April to 4 May. */
  function statesOf(
    spans: readonly Span[],
    collectedTo: string | undefined,
    window: Record<string, unknown> = {},
  ) {
    const job = jobWith({ period: 'day', lookback: 2, ...window }, 'UTC');
    const progress = { collectedTo: collectedTo === undefined ? undefined : day(collectedTo) };
    const time = collectedTime(job, spans, progress, START);
    const states = recentPeriods(job, time, START)
      .slice(-15)
      .map(({ state }) => state[0]);
    return { states: states.join(''), gaps: time.gaps };
  }

  test('before the job’s first run is before its time, and no gap', () => {
    expect(statesOf([span('04-28', '05-03')], '05-03')).toEqual({ states: 'bbbbbbbbcccccon', gaps: [] });
  });

  test('of a job that never ran is what its first run will not collect', () => {
    expect(statesOf([], undefined)).toEqual({ states: 'bbbbbbbbbbbboon', gaps: [] });
    expect(statesOf([], undefined, { start: '2026-04-20' })).toEqual({ states: 'oooooooooooooon', gaps: [] });
  });

  test('because the position was set past it is a gap, until it is collected by hand', () => {
    const gap = span('04-24', '04-28');
    const spans = [span('04-22', '04-24'), span('04-28', '05-03')];
    expect(statesOf(spans, '05-03')).toEqual({ states: 'bbccggggcccccon', gaps: [gap] });
    expect(statesOf(spans.slice(0, 1), '04-28')).toEqual({ states: 'bbccggggoooooon', gaps: [gap] });
    expect(statesOf([span('04-22', '05-03')], '05-03').gaps).toEqual([]);
  });

  test('between the start of the job and what it has collected is a gap', () => {
    const start = { start: '2026-04-21' };
    expect(statesOf([span('04-22', '05-04')], '05-04', start)).toEqual({
      states: 'gccccccccccccn',
      gaps: [span('04-21', '04-22')],
    });
    expect(statesOf([], '05-02', start)).toEqual({
      states: 'gggggggggggoon',
      gaps: [span('04-21', '05-02')],
    });
  });

  test('and is still to be collected by the next run is owed, also where the position was set back', () => {
    expect(statesOf([span('04-22', '04-24')], '04-24').states).toBe('bbccoooooooooon');
    expect(statesOf([span('04-22', '05-03')], '04-24').states).toBe('bbcccccccccccon');
  });

  test('wholly of a period counts as not collected', () => {
    const weeks = jobWith({ period: 'week', lookback: 1 }, 'UTC');
    const time = collectedTime(weeks, [span('04-15', '05-04')], { collectedTo: day('05-04') }, START);
    expect(
      recentPeriods(weeks, time, START)
        .slice(-4)
        .map(({ state }) => state),
    ).toEqual([...['before', 'collected', 'collected', 'not-over']]);
  });
});
