import { expect, onTestFinished, test } from 'vitest';
import { Preparation } from '../../src/server/dashboards/preparation.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import type { Store } from '../../src/server/store/store.ts';
import { PLANS } from './kept-plans.ts';

test('the store is told each day what dashboards want, also when it could not be told before', async () => {
  const store = openSqliteStore(':memory:');
  const stopping = new AbortController();
  const [days, failures]: [number[], unknown[]] = [[], []];
  let today = 0;
  const keepWanted: Store['keepWanted'] = async (plans, now) => {
    if (now === 2) throw new Error('the store is away');
    await store.keepWanted(plans, now);
    expect(plans).toEqual(new Map([['a', PLANS]]));
    days.push(now);
  };
  const preparation = new Preparation({
    store: Object.assign(Object.create(store) as Store, { keepWanted }),
    dataSets: ['a'],
    plansOf: async () => PLANS,
    now: () => ++today,
    stopping: stopping.signal,
    onFailure: (error) => failures.push(error),
    day: 1,
    pause: 1,
  });
  onTestFinished(async () => {
    stopping.abort();
    await store.close();
  });
  preparation.start();
  await expect.poll(() => days.slice(0, 3)).toEqual([1, 3, 4]);
  expect(failures).toEqual([new Error('the store is away')]);
});
