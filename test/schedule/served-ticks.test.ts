import { expect, test } from 'vitest';
import { ServedTicks } from '../../src/schedule/served-ticks.ts';
import { TickCalendar } from '../../src/schedule/tick-calendar.ts';

const JOB = { schedule: '*/5 * * * *', timezone: 'UTC' };
const MINUTE = 60_000;
const START = Date.parse('2026-05-04T06:00:00Z');
/** The tick so many ticks after the first one. */
const tick = (index: number): number => START + index * 5 * MINUTE;

test('runs of which each follows the one before are known, however many they are, and of one tick two', () => {
  const everyMinute = { ...JOB, schedule: '* * * * *' };
  const served = new ServedTicks(new TickCalendar());
  for (const hours of [3, 2]) served.noteStart(everyMinute, START - hours * 60 * MINUTE);
  const minutes = Array.from({ length: 56 }, (_, index) => START + index * MINUTE);
  for (const minute of minutes)
    for (const later of [2_000, 40_000]) served.noteStart(everyMinute, minute + later);
  const next = START + 56 * MINUTE;
  for (const minute of minutes) expect(served.firstUnserved(everyMinute, minute)).toBe(next);
  expect(served.passed(everyMinute, next, next + MINUTE)).toMatchObject({ latest: next + MINUTE, count: 2 });
});

test('a run that began at no tick takes the turn of none, neither before nor behind it', () => {
  const served = new ServedTicks(new TickCalendar());
  served.noteStart(JOB, tick(0) + 2 * MINUTE);
  for (const index of [0, 1]) expect(served.firstUnserved(JOB, tick(index))).toBe(tick(index));
  served.noteStart(JOB, tick(1) + 30_000);
  expect([tick(0), tick(1)].map((first) => served.firstUnserved(JOB, first))).toEqual([tick(0), tick(2)]);
});

test('between runs that do not follow each other the ticks are still to come', () => {
  const served = new ServedTicks(new TickCalendar());
  for (const index of [0, 1, 4]) served.noteStart(JOB, tick(index));
  expect(served.firstUnserved(JOB, tick(0))).toBe(tick(2));
  expect(served.passed(JOB, tick(2), tick(5))).toEqual({ latest: tick(5), count: 3, next: tick(6) });
});
