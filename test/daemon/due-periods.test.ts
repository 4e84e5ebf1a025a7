import { describe, expect, test } from 'vitest';
import type { WindowJob } from '../../src/config/config.ts';
import { duePeriods } from '../../src/daemon/due-periods.ts';
import { jobOf } from '../support/collecting.ts';
import { DAY, HOUR } from './daemon-world.ts';

const jobWith = (window: Record<string, unknown>, over: Record<string, unknown> = {}) =>
  jobOf({ window, timezone: 'Europe/London', schedule: '30 6 * * *', ...over }) as WindowJob;

const at = (time: string) => Date.parse(time);
const MIDNIGHT = at('2026-11-17T00:00:00Z');

describe('a job of days that runs at 06:30', () => {
  const job = jobWith({ period: 'day' });

  test('is not behind before the tick after its day, however long the day is over', () => {
    const nextAt = at('2026-11-17T06:30:00Z');
    expect(duePeriods(job, MIDNIGHT - DAY, nextAt - 1)).toEqual({ nextAt, behind: 0 });
    expect(duePeriods(job, MIDNIGHT - DAY, nextAt)).toEqual({ nextAt, behind: DAY });
  });

  test('is behind by the days that had a tick', () => {
    const now = at('2026-11-17T03:00:00Z');
    expect(duePeriods(job, MIDNIGHT - 4 * DAY, now)).toMatchObject({ behind: 3 * DAY });
  });

  test('is up to date for the rest of the day', () => {
    const nextAt = at('2026-11-18T06:30:00Z');
    expect(duePeriods(job, MIDNIGHT, at('2026-11-17T23:00:00Z'))).toEqual({ nextAt, behind: 0 });
  });
});

test('a quarter is due at the tick after it and its delay', () => {
  const job = jobWith({ period: 'quarter', delay: '48h' }, { schedule: '0 7 * * *' });
  const due = duePeriods(job, at('2026-09-30T23:00:00Z'), at('2026-11-27T12:00:00Z'));
  expect(due).toEqual({ nextAt: at('2027-01-03T07:00:00Z'), behind: 0 });
});

test.each([
  ['rarer than its periods', '0 7 * * 1', at('2026-11-15T20:00:00Z'), 7 * DAY],
  ['denser than its periods', '* * * * *', at('2026-11-17T03:00:30Z'), 9 * DAY],
])('what is due of a schedule %s is known', (_, schedule, now, behind) => {
  // Monday to Sunday before; the last Monday is the 9th.
  const from = schedule === '0 7 * * 1' ? MIDNIGHT - 15 * DAY : MIDNIGHT - 9 * DAY;
  expect(duePeriods(jobWith({ period: 'day' }, { schedule }), from, now)).toMatchObject({ behind });
});

test('of a job without a schedule everything is due that is over', () => {
  const job = jobWith({ period: 'hour' }, { schedule: undefined });
  expect(duePeriods(job, MIDNIGHT, MIDNIGHT + 2.5 * HOUR).behind).toBe(2 * HOUR);
});
