import { describe, expect, onTestFinished, test as plainTest } from 'vitest';
import { createDashboardPages } from '../../src/dashboards/pages/create-pages.ts';
import { DashboardSite } from '../../src/server/dashboards/dashboard-site.ts';
import { ModuleReader } from '../../src/server/dashboards/module-reader.ts';
import { Pace } from '../../src/server/dashboards/pace.ts';
import { prepareDataSets } from '../../src/server/data-sets.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import type { Store } from '../../src/server/store/store.ts';
import { dashboardServer, loadDashboards } from './dashboard-server.ts';
import { record, STORE_TESTS, type Storage, UPDATED_AT } from './store-kinds.ts';

/** Readers who ask at the same time for what nobody has asked for yet. */

const READERS = 200;
const VISITS = `title: Visits
modules:
  - { type: single_timeseries, title: By month, data_set: a/b, period: month, duration: 3 }
  - { type: single_timeseries, title: By week, data_set: a/b, period: week, duration: 10 }
  - { type: kpi, title: Others, data_set: a/c, period: month }
`;
const RECORDS = [record('x', 5, 75), record('y', 6, 25)];

type Question = 'version' | 'lastUpdate' | 'sums' | 'read';

/**
 * Questions to a store, which wait at the gate of their kind.
 * @param gates none: they wait for nothing
 */
function questionsTo(store: Store, gates: Partial<Record<Question, Promise<void>>>) {
  const asked: string[] = [];
  const counted =
    <Values extends readonly [string, ...unknown[]], Result>(
      question: Question,
      ask: (...values: Values) => Promise<Result>,
    ) =>
    async (...values: Values): Promise<Result> => {
      asked.push(`${question} ${values[0]}`);
      await gates[question];
      return await ask(...values);
    };
  const counting: Store = Object.assign(Object.create(store), {
    version: counted('version', store.version),
    lastUpdate: counted('lastUpdate', store.lastUpdate),
    sums: counted('sums', store.sums),
    read: counted('read', store.read),
    keepWanted: async (...parameters: Parameters<Store['keepWanted']>) => {
      await store.keepWanted(...parameters);
      asked.push('keepWanted');
    },
  });
  return { asked, counting };
}

/** A server that has done all that it does when it starts. */
async function quietServer(storage: Storage) {
  const store = await storage.open();
  for (const dataSet of ['a_b', 'a_c']) await store.replace(dataSet, RECORDS, UPDATED_AT);
  const gates: Partial<Record<Question, Promise<void>>> = {};
  const { asked, counting } = questionsTo(store, gates);
  const { app } = dashboardServer({ dashboards: { visits: VISITS }, store: counting });
  onTestFinished(() => store.close());
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  await expect
    .poll(() => asked.filter((each) => /^(sums|keepWanted)/.test(each)).toSorted())
    .toEqual(['keepWanted', 'sums a_b', 'sums a_c']);
  asked.length = 0;
  /** A gate, and what opens it. */
  const close = (question: Question): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gates[question] = promise;
    return resolve;
  };
  const get = async () => {
    const answer = await fetch(`${origin}/dashboards/visits`);
    return `${answer.status} ${answer.headers.get('etag')} ${await answer.text()}`;
  };
  return { store, app, asked, close, get };
}

describe.each(STORE_TESTS)('of readers over HTTP, in %s,', (_, test) => {
  test('200 at once are one read of each data set, and few questions of what has changed', async ({
    storage,
  }) => {
    const { store, app, asked, close, get } = await quietServer(storage);
    await store.replace('a_b', [record('z', 7, 9)], UPDATED_AT);
    const open = close('version');
    let arrived = 0;
    app.server.on('request', () => ++arrived === READERS && open());
    const answers = await Promise.all(Array.from({ length: READERS }, get));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('109');
    expect(asked.filter((each) => /^(sums|read)/.test(each)).toSorted()).toEqual(['sums a_b', 'sums a_c']);
    // Two for what is offered, as the first one may be older than the others' requests, and two for what is made.
    expect(asked.length).toBeLessThanOrEqual(2 + 2 * 2 * 4);
  });

  test('those who come while a page is made get the next one, whatever is written meanwhile', async ({
    storage,
  }) => {
    const { store, asked, close, get } = await quietServer(storage);
    await store.replace('a_b', [record('z', 7, 9)], UPDATED_AT);
    const open = close('sums');
    const answers = [get()];
    await expect.poll(() => asked).toContain('sums a_b');
    for (let count = 10; count < 30; count++) {
      await store.replace('a_b', [record('z', 7, count)], UPDATED_AT);
      const before = asked.length;
      answers.push(get());
      // It knows that there is another version.
      await expect.poll(() => asked.slice(before)).toContain('lastUpdate a_c');
    }
    open();
    const [, second = '', ...others] = await Promise.all(answers);
    expect(second).toContain('129');
    expect(new Set([second, ...others]).size).toBe(1);
    expect(asked.filter((each) => each === 'sums a_b')).toHaveLength(2);
  });
});

plainTest('200 readers at once are one page that is made, and get the same one', async () => {
  const store = openSqliteStore(':memory:');
  onTestFinished(() => store.close());
  for (const dataSet of ['a_b', 'a_c']) await store.replace(dataSet, RECORDS, UPDATED_AT);
  const { dataSets, all } = loadDashboards({ dashboards: { visits: VISITS } });
  const failures: unknown[] = [];
  const stopping = new AbortController().signal;
  const reader = new ModuleReader({
    dataSets: new Map(Array.from(prepareDataSets(dataSets).values(), (each) => [each.name, each])),
    store,
    stopping,
    onFailure: (error) => failures.push(error),
  });
  const pages = createDashboardPages(true);
  let made = 0;
  const counting = {
    ...pages,
    dashboard: (...parameters: Parameters<typeof pages.dashboard>) => {
      made += 1;
      return pages.dashboard(...parameters);
    },
  };
  const site = new DashboardSite(all, reader, {
    program: '1.0.0',
    pages: counting,
    now: () => Date.UTC(2024, 3, 15, 9),
    pace: new Pace(stopping),
  });
  const answers = await Promise.all(
    Array.from({ length: READERS }, async () => (await site.dashboard('visits', 'html'))?.make()),
  );
  expect([made, new Set(answers).size, failures]).toEqual([1, 1, []]);
});
