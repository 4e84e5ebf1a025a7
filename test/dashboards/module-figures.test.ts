import { describe, expect } from 'vitest';
import { sharesOf } from '../../src/dashboards/module-figures.ts';
import { STORE_TESTS } from '../server/store-kinds.ts';
import { at, dataSetOf, figuresOf, moduleOf, plain } from './figures-of.ts';

const NOW = at('2024-04-15');
const KPI = 'type: kpi, title: Visits';

describe.each(STORE_TESTS)('the figures of a module, in %s', (_, test) => {
  describe('of digital take-up', () => {
    const module = () => moduleOf('measure: digital_take_up, digital: [digital]');

    test('are digital transactions by all of them; non-digital ones are not', async ({ store }) => {
      const dataSet = await dataSetOf(store, [
        ['2024-03-01', { channel: 'digital', count: 75 }],
        ['2024-03-02', { channel: 'paper', count: 20 }],
        ['2024-03-31', { channel: 'non-digital', count: 5 }],
        ['2024-03-31', { channel: '', count: 1_000 }],
        ['2024-03-31', { channel: null, count: 1_000 }],
        ['2024-03-31', { count: 1_000 }],
      ]);
      const { headline, totals } = await figuresOf(store, dataSet, module(), { now: NOW });
      expect(totals.map(plain)).toEqual(['0.75']);
      expect(headline).toMatchObject({ period: at('2024-03-01'), figure: { value: 0.75, missing: 0 } });
    });

    test('are 0 where nothing is digital, and no data where there is nothing, or only zeros', async ({
      store,
    }) => {
      const dataSet = await dataSetOf(store, [
        ['2023-12-05', { channel: 'paper', count: 7 }],
        ['2024-01-05', { channel: 'paper', count: 7 }],
        ['2024-01-05', { channel: 'digital', count: 0 }],
        ['2024-03-05', { channel: 'digital', count: 0 }],
      ]);
      const { totals, headline } = await figuresOf(store, dataSet, module(), { now: NOW });
      expect(totals.map(plain)).toEqual(['0', '0', 'no data', 'no data']);
      expect(headline?.period).toBe(at('2024-01-01'));
    });

    test('say how many numbers are missing, and are suppressed where nothing is left', async ({ store }) => {
      const dataSet = await dataSetOf(store, [
        ['2024-02-05', { channel: 'paper', count: null, suppressed: true }],
        ['2024-02-05', { channel: 'digital', count: null, suppressed: true }],
        ['2024-03-05', { channel: 'paper', count: 1 }],
        ['2024-03-06', { channel: 'paper', count: null, suppressed: true }],
        ['2024-03-05', { channel: 'digital', count: 1 }],
      ]);
      const { totals } = await figuresOf(store, dataSet, module(), { now: NOW });
      expect(totals).toMatchObject([
        { kind: 'suppressed' },
        { kind: 'number', value: 0.5, missing: 1, suppressed: 1, atLeast: false },
      ]);
    });
  });

  test('a text in place of a number, such as <5, is a number that is missing', async ({ store }) => {
    const dataSet = await dataSetOf(store, [
      ['2024-02-05', { channel: 'paper', count: '<5', suppressed: true }],
      ['2024-03-05', { channel: 'paper', count: '<5', suppressed: true }],
      ['2024-03-06', { channel: 'paper', count: 12 }],
      ['2024-03-07', { channel: 'paper', count: 'soon' }],
    ]);
    const { totals } = await figuresOf(store, dataSet, moduleOf(`${KPI}, period: month`), { now: NOW });
    expect(totals).toMatchObject([
      { kind: 'suppressed' },
      { kind: 'number', value: 12, missing: 2, suppressed: 1, atLeast: true },
    ]);
  });

  test('the completion rate of several weeks is the ratio of the sums, not the mean of the rates', async ({
    store,
  }) => {
    const stages = [
      ['2024-04-01', { stage: 'start', count: 100 }],
      ['2024-04-01', { stage: 'done', count: 90 }],
      ['2024-04-08', { stage: 'start', count: 10 }],
      ['2024-04-08', { stage: 'done', count: 1 }],
    ] as const;
    const module = moduleOf(
      'measure: completion_rate, started: { field: stage, is: start }, completed: { field: stage, is: done }',
    );
    const figures = await figuresOf(store, await dataSetOf(store, stages), module, { now: NOW });
    expect(figures.totals.map(plain)).toEqual(['0.9', '0.1']);
    expect(plain(figures.overall)).toBe(String(91 / 110));

    const counts = await dataSetOf(store, [
      ['2024-04-01', { started: 100, completed: 90 }],
      ['2024-04-08', { started: 10, completed: 1 }],
    ]);
    const ofFields = moduleOf(
      'measure: completion_rate, started: { sum: started }, completed: { sum: completed }',
    );
    const same = await figuresOf(store, counts, ofFields, { now: NOW });
    expect([same.totals, same.overall].flat().map(plain)).toEqual(['0.9', '0.1', String(91 / 110)]);
  });

  describe('of user satisfaction', () => {
    const module = () => moduleOf('measure: user_satisfaction');
    const ratings = (...[rating_1, rating_2, rating_3, rating_4, rating_5]: (number | null)[]) => ({
      ...{ rating_1, rating_2, rating_3, rating_4, rating_5 },
    });

    test('are 75% of 1, 2, 3, 4 and 10 ratings, and no data of none', async ({ store }) => {
      const dataSet = await dataSetOf(store, [
        ['2023-12-01', ratings(5, 0, 0, 0, 0)],
        ['2024-01-01', ratings(0, 0, 0, 0, 5)],
        ['2024-02-01', ratings(0, 0, 0, 0, 0)],
        ['2024-03-01', ratings(1, 2, 3, 4, 10)],
      ]);
      const { totals, overall } = await figuresOf(store, dataSet, module(), { now: NOW });
      expect(totals.map(plain)).toEqual(['0', '1', 'no data', '0.75']);
      expect(totals[3]).toMatchObject({ missing: 0 });
      expect(plain(overall)).toBe(String((2 + 2 * 3 + 3 * 4 + 4 * 15) / 30 / 4));
    });

    test('are the same of records of one rating each, in words or numbers', async ({ store }) => {
      const words = ['very-dissatisfied', 'dissatisfied', 'neither', 'satisfied', 'very-satisfied'];
      const counts = [1, 2, 3, 4, 10];
      const dataSet = await dataSetOf(
        store,
        counts.flatMap((count, index) => [
          ['2024-02-01', { rating: words[index], count }] as const,
          ['2024-03-01', { rating: index + 1, count }] as const,
        ]),
      );
      const { totals } = await figuresOf(store, dataSet, module(), { now: NOW });
      expect(totals).toMatchObject([
        { value: 0.75, missing: 0 },
        { value: 0.75, missing: 0 },
      ]);
    });
  });

  test('the cost per transaction is what the data set says, or what all cost by how many there were', async ({
    store,
  }) => {
    const dataSet = await dataSetOf(store, [
      ['2023-10-01', { cost_per_transaction: 3.5, total_cost_pence: 35_000, transactions: 100 }],
      ['2024-01-01', { cost_per_transaction: 4, total_cost_pence: 80_000, transactions: 100 }],
    ]);
    const said = await figuresOf(store, dataSet, moduleOf('measure: cost_per_transaction'), { now: NOW });
    expect([...said.totals, said.overall].map(plain)).toEqual(['3.5', '4', '4']);
    const computed = moduleOf(
      'measure: cost_per_transaction, cost: { sum: total_cost_pence }, cost_in: pence, transactions: { sum: transactions }',
    );
    const figures = await figuresOf(store, dataSet, computed, { now: NOW });
    expect([...figures.totals, figures.overall].map(plain)).toEqual(['3.5', '8', '5.75']);
  });

  describe('of a general kind', () => {
    test('are sums with all their digits, at least so much where numbers are missing', async ({ store }) => {
      const dataSet = await dataSetOf(store, [
        ['2024-01-01', { count: 0.5 }],
        // Another number of it is suppressed.
        ['2024-01-02', { count: 0.25, other: null, suppressed: true }],
        ['2024-02-01', { count: 5 }],
        ['2024-02-02', { count: null, suppressed: true }],
        ['2024-03-01', { count: null }],
        ['2024-03-02', {}],
      ]);
      await store.replace(
        dataSet,
        ['9007199254740993', '9007199254740993'].map((count, index) => ({
          id: `large-${index}`,
          timestamp: '2023-12-01T00:00:00+00:00',
          json: `{"count":${count}}`,
        })),
        '2024-04-01T00:00:00+00:00',
      );
      const { totals, overall, headline } = await figuresOf(
        store,
        dataSet,
        moduleOf(`${KPI}, period: month`),
        {
          now: NOW,
        },
      );
      expect(totals.map(plain)).toEqual(['18014398509481986', '0.75', 'at least 5', 'no data']);
      expect(totals[1]).toMatchObject({ missing: 0, suppressed: 0 });
      expect(totals[2]).toMatchObject({ missing: 1, suppressed: 1 });
      expect(plain(overall)).toBe('at least 18014398509481991.75');
      // What is known at least is compared with nothing.
      expect(headline).toMatchObject({ period: at('2024-02-01'), sincePeriodBefore: undefined });
    });

    test('are means of what is there, counts of records, or what was last', async ({ store }) => {
      const dataSet = await dataSetOf(store, [
        ['2024-03-04', { count: 2, channel: 'paper' }],
        ['2024-03-05', { count: 5, channel: 'paper' }],
        ['2024-03-05', { count: 2, channel: 'digital' }],
        ['2024-03-01', { count: null }],
      ]);
      const collected = async (collect: string) =>
        plain(
          (
            await figuresOf(store, dataSet, moduleOf(`${KPI}, period: month, collect: ${collect}`), {
              now: NOW,
            })
          ).overall,
        );
      expect(await collected('mean')).toBe('3');
      expect(await collected('count')).toBe('4');
      expect(await collected('last')).toBe('7');
    });

    test('are of the records that have the values of filter_by, of whatever type', async ({ store }) => {
      const dataSet = await dataSetOf(store, [
        ['2024-03-01', { count: 1, channel: 'paper', year: 2024, is_test: false }],
        ['2024-03-01', { count: 10, channel: 'paper', year: 2024, is_test: true }],
        ['2024-03-01', { count: 100, channel: 'paper', year: 2023, is_test: false }],
        ['2024-03-01', { count: 1_000, channel: 'digital', year: 2024, is_test: false }],
      ]);
      const module = moduleOf(
        `${KPI}, period: month, filter_by: { channel: paper, year: 2024, is_test: false }`,
      );
      expect(plain((await figuresOf(store, dataSet, module, { now: NOW })).overall)).toBe('1');
    });

    test('are one for a number, however it is written', async ({ store }) => {
      const dataSet = await dataSetOf(store, [['2024-03-01', { kind: 7, count: 1 }]]);
      const older = '{"kind":7.0,"count":2}';
      await store.replace(
        dataSet,
        [{ id: 'older', timestamp: '2023-03-20T00:00:00+00:00', json: older }],
        '2024-04-01T00:00:00+00:00',
      );
      const module = moduleOf('type: table, title: A, period: day, group_by: kind, duration: 400');
      const { series } = await figuresOf(store, dataSet, module, { now: NOW });
      expect(series.map(({ group }) => group)).toEqual(['7']);
      const share = moduleOf(
        'measure: completion_rate, started: { sum: count }, completed: { field: kind, is: 7 }, duration: 100',
      );
      expect(plain((await figuresOf(store, dataSet, share, { now: NOW })).overall)).toBe('1');
    });

    test('have a series for each group, and shares of the total', async ({ store }) => {
      const dataSet = await dataSetOf(store, [
        ['2023-03-01', { channel: 'fax', count: 1 }],
        ['2024-02-01', { channel: 'paper', count: 30 }],
        ['2024-03-01', { channel: 'paper', count: 10 }],
        ['2024-03-01', { channel: 'digital', count: 30 }],
        ['2024-03-01', { channel: 7, count: null, suppressed: true }],
      ]);
      const module = moduleOf(
        'type: grouped_timeseries, title: Visits, period: month, group_by: channel, show: share, duration: 2',
      );
      const figures = await figuresOf(store, dataSet, module, { now: NOW });
      expect(figures.series.map(({ group, figures }) => [group, ...figures.map(plain)])).toEqual([
        ['7', 'no data', 'suppressed'],
        ['digital', 'no data', '30'],
        ['paper', '30', '10'],
      ]);
      expect(figures.totals.map(plain)).toEqual(['30', 'at least 40']);
      expect(figures.series.map((series) => sharesOf(figures, series).map(plain))).toEqual([
        ['no data', 'suppressed'],
        ['no data', '0.75'],
        ['1', '0.25'],
      ]);
    });
  });

  describe('by period', () => {
    const weekly = () => moduleOf(`${KPI}, period: week, duration: 60`);

    test('have no gaps, leave out what has not begun, and what is not over', async ({ store }) => {
      const dataSet = await dataSetOf(store, [
        ['2024-03-20', { count: 1 }],
        ['2024-04-07T23:59:59Z', { count: 2 }],
        ['2024-04-15', { count: 1_000 }],
      ]);
      const figures = await figuresOf(store, dataSet, weekly(), { now: NOW });
      expect(figures.periods).toEqual(['2024-03-18', '2024-03-25', '2024-04-01', '2024-04-08'].map(at));
      expect(figures.totals.map(plain)).toEqual(['1', 'no data', '2', 'no data']);
      // A minute before Monday in London, where it is an hour later than in UTC.
      const before = await figuresOf(store, dataSet, weekly(), { now: at('2024-04-07T22:59:00Z') });
      expect(before.periods).toEqual(['2024-03-18', '2024-03-25'].map(at));
      const after = await figuresOf(store, dataSet, weekly(), { now: at('2024-04-07T23:00:00Z') });
      expect(after.periods).toEqual(['2024-03-18', '2024-03-25', '2024-04-01'].map(at));
    });

    test('are compared with the period before and with a year before, also out of what is shown', async ({
      store,
    }) => {
      const dataSet = await dataSetOf(store, [
        ['2023-04-10', { count: 40 }],
        ['2024-04-01', { count: 0 }],
        ['2024-04-08', { count: 50 }],
      ]);
      const module = moduleOf(`${KPI}, period: week, duration: 1`);
      const { headline, periods } = await figuresOf(store, dataSet, module, { now: NOW });
      expect(periods).toEqual([at('2024-04-08')]);
      expect(headline).toMatchObject({
        sincePeriodBefore: { period: at('2024-04-01'), difference: 50, share: undefined },
        sinceYearBefore: { period: at('2023-04-10'), difference: 10, share: 0.25 },
      });
      const earlier = { now: NOW, to: at('2024-04-03') };
      const before = await figuresOf(store, dataSet, module, earlier);
      expect(before.headline).toMatchObject({ period: at('2024-04-01'), sincePeriodBefore: undefined });
    });

    test('begin with the first whole one from start_at on', async ({ store }) => {
      const dataSet = await dataSetOf(store, [
        ['2024-03-20', { count: 1 }],
        ['2024-03-28', { count: 2 }],
      ]);
      const module = moduleOf(`${KPI}, period: week, start_at: 2024-03-19`);
      const { periods, headline } = await figuresOf(store, dataSet, module, { now: NOW });
      expect(periods[0]).toBe(at('2024-03-25'));
      expect(plain(headline?.figure)).toBe('2');
    });

    test('of an empty data set are none', async ({ store }) => {
      const figures = await figuresOf(store, await dataSetOf(store, []), weekly(), { now: NOW });
      expect(figures).toMatchObject({ periods: [], headline: undefined, overall: { kind: 'no data' } });
    });
  });
});
