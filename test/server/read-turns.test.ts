import { expect, test } from 'vitest';
import { mergedFilters } from '../../src/server/read/parse-read-query.ts';
import type { Filter, ReadPlan } from '../../src/server/read/read-plan.ts';
import { ReadsBusy, ReadTurns } from '../../src/server/store/read-turns.ts';
import { SharedReads } from '../../src/server/store/shared-reads.ts';

const never = new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Takes turns and notes whose turn came. */
function recorder(turns: ReadTurns) {
  const order: string[] = [];
  const take = async (dataSet: string, name = dataSet, signal = never) => {
    const end = await turns.take(dataSet, signal);
    order.push(name);
    return end;
  };
  return { order, take };
}

test('data sets take turns, and one leaves room for others', async () => {
  const { order, take } = recorder(new ReadTurns({ atOnce: 2, ofOneDataSet: 1 }));
  const first = await take('a', 'a1');
  const ends = [take('a', 'a2'), take('a', 'a3'), take('b', 'b1'), take('b', 'b2'), take('c', 'c1')];
  await settled();
  expect(order).toEqual(['a1', 'b1']);
  first();
  first();
  await settled();
  expect(order).toEqual(['a1', 'b1', 'a2']);
  (await ends[2])?.();
  await settled();
  expect(order).toEqual(['a1', 'b1', 'a2', 'b2']);
  (await ends[3])?.();
  await settled();
  expect(order).toEqual(['a1', 'b1', 'a2', 'b2', 'c1']);
  for (const turn of [4, 0, 1]) (await ends[turn])?.();
});

test('a read that is given up while it waits takes no turn, and one that waits too long or in vain is refused', async () => {
  const turns = new ReadTurns({ atOnce: 1, ofOneDataSet: 1, mostWaiting: 2, longestWait: 200 });
  const { order, take } = recorder(turns);
  const end = await take('a', 'a1');
  const controller = new AbortController();
  const givenUp = take('a', 'a2', controller.signal);
  const tooLong = take('a', 'a3');
  await expect(take('a', 'a4')).rejects.toThrow(ReadsBusy);
  controller.abort(new Error('gone'));
  await expect(givenUp).rejects.toThrow('gone');
  await expect(tooLong).rejects.toThrow(ReadsBusy);
  end();
  await settled();
  await take('a', 'a5');
  expect(order).toEqual(['a1', 'a5']);
});

const PLAN: ReadPlan = { kind: 'groups', filters: [], fields: ['kind'], collected: [] };

test('equal reads that wait are run once; one that runs already is shared by nobody', async () => {
  const reads = new SharedReads<number>(new ReadTurns({ atOnce: 1, ofOneDataSet: 1 }));
  const running: PromiseWithResolvers<number>[] = [];
  const work = () => {
    running.push(Promise.withResolvers<number>());
    return running.at(-1)?.promise ?? Promise.reject();
  };
  const read = (plan = PLAN, dataSet = 'a') => reads.read(dataSet, plan, never, work);
  const first = read();
  await settled();
  const equal = [read(), read(), read()];
  const other = read({ ...PLAN, fields: ['other'] });
  await settled();
  expect(running).toHaveLength(1);
  running[0]?.resolve(1);
  expect(await first).toBe(1);
  await settled();
  running[1]?.resolve(2);
  expect(await Promise.all(equal)).toEqual([2, 2, 2]);
  await settled();
  running[2]?.resolve(3);
  expect(await other).toBe(3);
  expect(running).toHaveLength(3);
});

test('shared work is given up when the last of its readers is gone, not before', async () => {
  const reads = new SharedReads<string>(new ReadTurns({ atOnce: 1, ofOneDataSet: 1 }));
  const block = Promise.withResolvers<string>();
  const blocking = reads.read('a', { ...PLAN, fields: [] }, never, () => block.promise);
  const [one, two] = [new AbortController(), new AbortController()];
  let given: AbortSignal | undefined;
  const work = async (signal: AbortSignal) => {
    given = signal;
    return new Promise<string>(() => {});
  };
  const outcomes = [one, two].map(({ signal }) => reads.read('a', PLAN, signal, work));
  block.resolve('done');
  await blocking;
  await settled();
  one.abort(new Error('first gone'));
  await expect(outcomes[0]).rejects.toThrow('first gone');
  expect(given?.aborted).toBe(false);
  two.abort(new Error('second gone'));
  await expect(outcomes[1]).rejects.toThrow('second gone');
  expect(given?.aborted).toBe(true);
});

test('filters that are equal, or that another one includes, are asked once', () => {
  const prefix = (field: string, text: string): Filter => ({ kind: 'prefix', field, text });
  const equals = (text: string): Filter => ({ kind: 'equals', field: 'kind', text });
  expect(
    mergedFilters([prefix('kind', 'a'), prefix('kind', 'abc'), prefix('kind', ''), prefix('kind', 'ab')]),
  ).toEqual([prefix('kind', 'abc')]);
  expect(mergedFilters([equals('a'), equals('a'), equals('ab')])).toEqual([equals('a'), equals('ab')]);
  const apart = [prefix('kind', 'a'), prefix('other', 'ab'), prefix('kind', 'b')];
  expect(mergedFilters(apart)).toEqual(apart);
});
