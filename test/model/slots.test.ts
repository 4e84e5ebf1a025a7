import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Slots } from '../../src/model/slots.ts';

test('lets in as many as there are places, and the others in the order of their coming', async () => {
  const slots = new Slots(2);
  const entered: number[] = [];
  const leaving = [1, 2, 3, 4].map((each) =>
    slots.take().then((leave) => {
      entered.push(each);
      return leave;
    }),
  );
  await turn();
  expect(entered).toEqual([1, 2]);
  (await leaving[1])?.();
  await turn();
  expect(entered).toEqual([1, 2, 3]);
  (await leaving[0])?.();
  await turn();
  expect(entered).toEqual([1, 2, 3, 4]);
});

test('a place that is given back twice is one place', async () => {
  const slots = new Slots(1);
  const leave = await slots.take();
  leave();
  leave();
  await slots.take();
  expect(await Promise.race([slots.take(), turn('nobody')])).toBe('nobody');
});

test('whoever is told to stop waiting gets the reason, and takes no place', async () => {
  const slots = new Slots(1);
  const leave = await slots.take();
  const controller = new AbortController();
  const waiting = slots.take(controller.signal);
  controller.abort(new Error('enough'));
  leave();
  await expect(waiting).rejects.toThrow('enough');
  await slots.take();
});

test('nobody enters whose signal is aborted', async () => {
  const slots = new Slots(1);
  await expect(slots.take(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  await slots.take();
});
