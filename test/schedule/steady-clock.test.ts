import { expect, test } from 'vitest';
import { steadyClock } from '../../src/schedule/steady-clock.ts';
import { DAY, HOUR, MINUTE, START } from './scheduled-world.ts';

/** A machine whose clock can be set. */
function machine() {
  const world = { running: 0, difference: START };
  const now = steadyClock(
    () => world.running + world.difference,
    () => world.running,
  );
  return { world, now };
}

test('the clock follows the other one, small corrections included', () => {
  const { world, now } = machine();
  world.running += HOUR;
  expect(now()).toBe(START + HOUR);
  world.difference += 4 * MINUTE;
  expect(now()).toBe(START + HOUR + 4 * MINUTE);
});

test.each([6 * MINUTE, 13 * HOUR, 40 * DAY, -12 * HOUR])(
  'a change by %i ms that is undone was never there',
  (by) => {
    const { world, now } = machine();
    world.difference += by;
    for (let minute = 0; minute < 59; minute++) {
      world.running += MINUTE;
      expect(now()).toBe(START + world.running);
    }
    world.difference -= by;
    world.running += 2 * HOUR;
    expect(now()).toBe(START + world.running);
  },
);

test('a correction of just five minutes is small', () => {
  const { world, now } = machine();
  world.difference += 5 * MINUTE;
  expect(now()).toBe(START + 5 * MINUTE);
});

test('a change that lasts for an hour is believed', () => {
  const { world, now } = machine();
  world.difference += 40 * DAY;
  now();
  world.running += HOUR;
  expect(now()).toBe(START + HOUR + 40 * DAY);
});

test('the clock is right at once on a machine that has run for long, and follows a small correction at once', () => {
  const world = { running: 40 * DAY, difference: START };
  const now = steadyClock(
    () => world.running + world.difference,
    () => world.running,
  );
  expect(now()).toBe(START + 40 * DAY);
  world.difference += 4 * MINUTE;
  expect(now()).toBe(START + 40 * DAY + 4 * MINUTE);
});

test('of two changes each must last for an hour', () => {
  const { world, now } = machine();
  for (const by of [6 * HOUR, 12 * HOUR]) {
    world.difference += by;
    now();
    world.running += 50 * MINUTE;
    expect(now()).toBe(START + world.running);
  }
  world.running += 10 * MINUTE;
  expect(now()).toBe(START + world.running + 18 * HOUR);
});
