import { describe, expect } from 'vitest';
import { dashboardServer } from './dashboard-server.ts';
import { STORE_TESTS } from './store-kinds.ts';

const VISITS = `title: Visits
modules:
  - { type: single_timeseries, title: All, data_set: a/b, period: month, duration: 3 }
  - { type: single_timeseries, title: Paper, data_set: a/b, period: month, duration: 3, filter_by: { channel: paper } }
`;
const RECORDS = [
  { _id: '1', _timestamp: '2024-02-05T00:00:00Z', channel: 'digital', count: 30 },
  { _id: '2', _timestamp: '2024-03-05T00:00:00Z', channel: 'paper', count: 25 },
];

/** What is kept for the module of paper, which had no records in February. */
const BREAK_PAPER = `UPDATE month_tallies SET tallies = 'no JSON' WHERE definition IN
  (SELECT definition FROM month_tallies WHERE month = '2024-02' AND tallies = '[]')`;

interface Document {
  readonly modules: readonly { readonly module: string; readonly error?: string; readonly rows: object[] }[];
}

describe.each(STORE_TESTS)('a dashboard in %s', (_, test) => {
  test('of which one module cannot be read shows the others of its data set', async ({ storage }) => {
    const store = await storage.open();
    /** The numbers of rows, or a failure, as a new process shows them. */
    const shown = async () => {
      const { get } = dashboardServer({ dashboards: { visits: VISITS }, store });
      const { modules } = JSON.parse((await get('/dashboards/visits.json')).body) as Document;
      return modules.map(({ module, error, rows }) => [module, error === undefined ? rows.length : 'failed']);
    };
    const { post } = dashboardServer({ dashboards: { visits: VISITS }, store });
    await post(RECORDS);
    expect(await shown()).toEqual([
      ['all', 2],
      ['paper', 1],
    ]);
    // It is kept a moment after it was answered.
    await expect
      .poll(async () => {
        await storage.execute(BREAK_PAPER);
        return await shown();
      })
      .toEqual([
        ['all', 2],
        ['paper', 'failed'],
      ]);
    await store.close();
  });
});
