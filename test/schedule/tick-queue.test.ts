import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TickQueue } from '../../src/schedule/owed-runs.ts';

test('items come out by time, those of one time in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (times) => {
      const queue = new TickQueue<number>();
      times.forEach((time, index) => {
        queue.push(time, index);
      });
      const taken = Array.from(times, () => queue.takeDue(Infinity)?.item);
      const sorted = [...times.keys()].sort((one, other) => (times[one] ?? 0) - (times[other] ?? 0));
      expect(taken).toEqual(sorted);
      expect(queue.takeDue(Infinity)).toBeUndefined();
    }),
  );
});

test('only what is due comes out', () => {
  const queue = new TickQueue<string>();
  queue.push(20, 'later');
  queue.push(10, 'now');
  expect(queue.takeDue(9)).toBeUndefined();
  expect(queue.takeDue(10)).toMatchObject({ at: 10, item: 'now' });
  expect(queue.takeDue(10)).toBeUndefined();
  queue.push(30, 'cleared');
  queue.clear();
  expect(queue.takeDue(Infinity)).toBeUndefined();
});
