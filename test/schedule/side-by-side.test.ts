import { expect, test } from 'vitest';
import { sideBySide } from '../../src/schedule/side-by-side.ts';

const LIMITS = {
  maxConcurrentRuns: 3,
  maxConnections: new Map([
    ['one', 1],
    ['two', 2],
  ]),
};
const items = ['one a', 'one b', 'two a', 'two b', 'two c'].map((name) => ({
  name,
  database: name.split(' ')[0] ?? '',
}));

/** Work that ends when it is told to, and what goes on at the moment. */
function byHand() {
  const current = new Map<string, (error?: Error) => void>();
  const begun: string[] = [];
  return {
    begun,
    current,
    work: (item: (typeof items)[number]) =>
      new Promise<string>((resolve, reject) => {
        begun.push(item.name);
        current.set(item.name, (error) => {
          current.delete(item.name);
          if (error === undefined) resolve(item.name.toUpperCase());
          else reject(error);
        });
      }),
    /** Ends one, and waits until others have had their turn. */
    async end(name: string, error?: Error) {
      current.get(name)?.(error);
      await new Promise(setImmediate);
    },
  };
}

test('databases are used side by side, each within its own limit and all within the common one', async () => {
  const { begun, current, work, end } = byHand();
  const all = sideBySide(items, LIMITS, work, new AbortController().signal);
  expect(begun).toEqual(['one a', 'two a', 'two b']);
  await end('two b');
  expect(begun.slice(3)).toEqual(['two c']);
  await end('two a');
  expect([...current.keys()]).toEqual(['one a', 'two c']);
  await end('one a');
  expect(begun.slice(4)).toEqual(['one b']);
  for (const name of ['one b', 'two c']) await end(name);
  expect(await all).toEqual(['ONE A', 'ONE B', 'TWO A', 'TWO B', 'TWO C']);
});

test('one after the other, all have their turn', async () => {
  const { begun, work, end } = byHand();
  const all = sideBySide(items, { ...LIMITS, maxConcurrentRuns: 1 }, work, new AbortController().signal);
  for (const { name } of items) await end(name);
  expect(begun).toEqual(items.map(({ name }) => name));
  expect(await all).toHaveLength(items.length);
});

test('after a signal none is begun, and those that go on are waited for', async () => {
  const { begun, work, end } = byHand();
  const stop = new AbortController();
  const all = sideBySide(items, LIMITS, work, stop.signal);
  stop.abort();
  await end('two a');
  await end('two b');
  await end('one a');
  expect(await all).toEqual(['ONE A', 'TWO A', 'TWO B']);
  expect(begun).toHaveLength(3);
  expect(await sideBySide(items, LIMITS, work, stop.signal)).toEqual([]);
});

test('what one throws is thrown when the others have ended, and no other is begun', async () => {
  const { begun, current, work, end } = byHand();
  let thrown: unknown;
  const all = sideBySide(items, LIMITS, work, new AbortController().signal).catch((error: unknown) => {
    thrown = error;
  });
  await end('two a', new Error('broken'));
  expect([thrown, [...current.keys()]]).toEqual([undefined, ['one a', 'two b']]);
  await end('one a');
  await end('two b');
  await all;
  expect([thrown, begun.length]).toEqual([new Error('broken'), 3]);
});
