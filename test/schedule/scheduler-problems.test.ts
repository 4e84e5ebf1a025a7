import { expect, test } from 'vitest';
import { HOUR, job, MINUTE, plan, worldOf } from './scheduled-world.ts';

const EVERY_MINUTE = '* * * * *';
/** A zone that only Intl knows, as no configuration lets it through. */
const wrong = job('wrong', EVERY_MINUTE, { timezone: 'BST' });
const told = (name: string) => expect.stringMatching(new RegExp(`^${name} cannot be scheduled: RangeError`));

test('a job that cannot be scheduled stops itself and no other one, at the start', () => {
  const world = worldOf([wrong, job('a', EVERY_MINUTE)]);
  world.pass(MINUTE);
  expect(world.started()).toEqual(['a@06:01:00']);
  expect(world.told).toEqual([told('wrong')]);
  expect(world.scheduler.status('wrong')).toMatchObject({
    nextTick: undefined,
    problem: expect.stringContaining('time zone'),
  });
});

test('a job without a schedule has no ticks, and that is no problem', () => {
  const world = worldOf([job('by-hand', undefined)]);
  world.use(plan([job('by-hand', undefined, { database: 'other' })]));
  expect(world.scheduler.status('by-hand')).toMatchObject({ nextTick: undefined, problem: undefined });
  expect(world.told).toEqual([]);
});

test('at a reload, until one puts it right', () => {
  const world = worldOf([job('a', EVERY_MINUTE), job('b', EVERY_MINUTE)]);
  world.use(plan([wrong, { ...wrong, name: 'a' }, job('b', EVERY_MINUTE)]), { wrong: world.now - HOUR });
  world.pass(MINUTE);
  expect(world.started()).toEqual(['b@06:01:00']);
  expect(world.told).toEqual([told('wrong'), told('a')]);
  world.use(plan([job('wrong', EVERY_MINUTE), job('a', EVERY_MINUTE), job('b', EVERY_MINUTE)]));
  world.pass(MINUTE);
  expect(world.started().slice(1)).toEqual(
    expect.arrayContaining(['wrong@06:02:00', 'a@06:02:00', 'b@06:02:00 passed-over'].slice(0, 2)),
  );
  expect(world.scheduler.status('a')?.problem).toBeUndefined();
});

test('a reload tries again what failed, although nothing of the job has changed', () => {
  const world = worldOf([wrong]);
  world.use(plan([wrong]));
  expect(world.told).toEqual([told('wrong'), told('wrong')]);
});

test('and where it fails later, when the clock is set back or a tick comes', () => {
  const failing = { ...job('fails', EVERY_MINUTE) };
  const world = worldOf([failing, job('a', EVERY_MINUTE)]);
  Object.defineProperty(failing, 'timezone', {
    get: () => {
      throw new RangeError('this zone is gone');
    },
  });
  world.pass(2 * MINUTE);
  expect(world.runs.map(({ name }) => name)).toEqual(['a']);
  world.now -= 12 * HOUR;
  world.pass(MINUTE);
  expect(world.scheduler.status('a')?.nextTick).toBe(world.now + MINUTE);
  const ofFailing = world.told.filter((text) => text.startsWith('fails'));
  expect(ofFailing, 'told once').toEqual(['fails cannot be scheduled: RangeError: this zone is gone']);
});
