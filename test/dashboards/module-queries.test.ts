import { describe, expect, test } from 'vitest';
import { moduleQueries } from '../../src/dashboards/module-queries.ts';
import { parseReadQuery } from '../../src/server/read/parse-read-query.ts';
import { at, moduleOf } from './figures-of.ts';

const SPAN = { from: at('2024-01-01'), to: at('2024-04-01') };
const TIMES = 'start_at=2024-01-01T00:00:00Z&end_at=2024-04-01T00:00:00Z&flatten=true';
const SUPPRESSED = 'collect=suppressed:sum';

describe('the queries of a module are what a client of the read API would ask', () => {
  test.each([
    ['type: kpi, title: Visits, period: month', [`${TIMES}&period=month&collect=count:sum&${SUPPRESSED}`]],
    [
      'type: table, title: Visits, period: week, collect: count, group_by: channel',
      [`${TIMES}&period=week&group_by=channel&${SUPPRESSED}`],
    ],
    [
      'type: kpi, title: Visits, period: month, value: days, collect: mean, filter_by: { channel: digital, year: 2024, is_test: true }',
      [
        `${TIMES}&period=month&filter_by=channel:digital&filter_by=year:2024&filter_by=is_test:true&collect=days:sum&${SUPPRESSED}`,
      ],
    ],
    [
      'measure: digital_take_up, digital: [digital], period: month',
      [`${TIMES}&period=month&group_by=channel&collect=count:sum&${SUPPRESSED}`],
    ],
    [
      'measure: completion_rate, period: month, started: { sum: started }, completed: { sum: completed }',
      [`${TIMES}&period=month&collect=completed:sum&collect=started:sum&${SUPPRESSED}`],
    ],
    [
      'measure: completion_rate, period: month, started: { sum: started }, completed: { field: stage, is: done }',
      [
        `${TIMES}&period=month&group_by=stage&collect=count:sum&${SUPPRESSED}`,
        `${TIMES}&period=month&collect=started:sum&${SUPPRESSED}`,
      ],
    ],
    [
      'measure: user_satisfaction',
      [
        `${TIMES}&period=month&collect=rating_1:sum&collect=rating_2:sum&collect=rating_3:sum&collect=rating_4:sum&collect=rating_5:sum&${SUPPRESSED}`,
        `${TIMES}&period=month&group_by=rating&collect=count:sum&${SUPPRESSED}`,
      ],
    ],
  ])('%s', (text, queries) => {
    expect(moduleQueries(moduleOf(text), [SPAN])).toEqual(
      queries.map((query) => ({ ...parseReadQuery(query, true), passesOverTexts: true })),
    );
  });

  test('but for what was last, which is asked of each time', () => {
    expect(moduleQueries(moduleOf('measure: cost_per_transaction'), [SPAN])).toMatchObject([
      { groupBy: ['_timestamp'], collect: [{ field: 'cost_per_transaction', method: 'sum' }, {}] },
    ]);
  });

  test('one for each span', () => {
    const queries = moduleQueries(moduleOf('measure: user_satisfaction'), [
      SPAN,
      { from: SPAN.to, to: SPAN.to },
    ]);
    expect(queries.map(({ startAt, groupBy }) => [startAt, ...groupBy])).toEqual([
      [SPAN.from],
      [SPAN.to],
      [SPAN.from, 'rating'],
      [SPAN.to, 'rating'],
    ]);
  });
});
