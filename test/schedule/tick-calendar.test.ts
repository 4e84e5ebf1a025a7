import { expect, test } from 'vitest';
import { TickCalendar } from '../../src/schedule/tick-calendar.ts';

const START = Date.parse('2026-05-04T06:00:00Z');
const SECOND = 1_000;
const DAY = 86_400_000;

test('the next tick of many schedules is known, asked in any order', () => {
  const calendar = new TickCalendar();
  const nextOf = (minute: number, after: number) => calendar.next(`${minute} * * * *`, 'UTC', after);
  for (let round = 0; round < 40; round++)
    for (let minute = 0; minute < 60; minute++) {
      const after = START + ((round * 37) % 120) * 60 * SECOND;
      const wait = (minute * 60 * SECOND - (after % 3_600_000) + 3_600_000) % 3_600_000 || 3_600_000;
      expect(nextOf(minute, after)).toBe(after + wait);
    }
});

test('schedules of one text in two zones are two schedules', () => {
  const calendar = new TickCalendar();
  expect(calendar.next('0 9 * * *', 'UTC', START)).toBe(START + 3 * 3_600_000);
  expect(calendar.next('0 9 * * *', 'Europe/London', START)).toBe(START + 2 * 3_600_000);
});

test('passed ticks are counted, the latest and the next one told', () => {
  const calendar = new TickCalendar();
  const now = START + 90 * SECOND;
  for (let again = 0; again < 2; again++)
    expect(calendar.passed('*/30 * * * * *', 'UTC', START + 30 * SECOND, now)).toEqual({
      latest: now,
      count: 3,
      next: now + 30 * SECOND,
    });
});

test('of very many passed ticks the latest is found without going through all', () => {
  const now = START + 365 * DAY;
  const { latest, count, next } = new TickCalendar().passed('* * * * * *', 'UTC', START, now);
  expect([latest, next]).toEqual([now, now + SECOND]);
  expect(count).toBeGreaterThanOrEqual(1_000);
  expect(count).toBeLessThan(2_000);
});

test('a schedule with a long pause after very many ticks has passed its latest before the pause', () => {
  const now = Date.parse('2026-05-20T06:00:00Z');
  const { latest, next } = new TickCalendar().passed('* * 1-5 * *', 'UTC', START, now);
  expect(latest).toBe(Date.parse('2026-05-05T23:59:00Z'));
  expect(next).toBe(Date.parse('2026-06-01T00:00:00Z'));
});

test('where many ticks are followed by a long pause none is counted twice', () => {
  const lastTick = Date.parse('2026-05-01T23:59:00Z');
  const now = Date.parse('2026-05-20T06:00:00Z');
  expect(new TickCalendar().passed('* * 1 * *', 'UTC', lastTick - 1_000 * 60 * SECOND, now)).toEqual({
    latest: lastTick,
    count: 1_001,
    next: Date.parse('2026-06-01T00:00:00Z'),
  });
});
