import { describe, expect, test } from 'vitest';
import { parseReadQuery } from '../../src/server/read/parse-read-query.ts';

const SPAN = 'start_at=2024-03-04T00:00:00Z&end_at=2024-04-08T00:00:00Z';

/** The refusal's message; undefined when the query is good. */
function faultOf(query: string, rawQueriesAllowed = true): string | undefined {
  try {
    parseReadQuery(query, rawQueriesAllowed);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ status: 400, body: { status: 'error', message: expect.any(String) } });
    return (error as { body: { message: string } }).body.message;
  }
}

describe('a query is refused', () => {
  test.each([
    ['colour=red', 'An unrecognised parameter was provided'],
    ['FILTER_BY=aa:b', 'An unrecognised parameter was provided'],
    ['date=x', 'An unrecognised parameter was provided'],
    [
      'period=week&start_at=2024-03-04T00:00:00Z',
      "Either 'duration' or both 'start_at' and 'end_at' are required for a period query",
    ],
    [
      `period=week&limit=1&${SPAN}`,
      "A period query can only be limited if it is grouped - please add 'group_by'",
    ],
    ['start_at=2024-02-30T00:00:00Z&end_at=2024-03-05T00:00:00Z', 'start_at is not a valid datetime'],
    ['start_at=2024-03-04T24:00:00Z&end_at=2024-03-05T00:00:00Z', 'start_at is not a valid datetime'],
    ['start_at=&end_at=2024-03-05T00:00:00Z', 'start_at is not a valid datetime'],
    ['start_at=2024-03-04T00:00:00Z&end_at=2024-03-05', 'end_at is not a valid datetime'],
    ['start_at=2024-03-04T00:00:00+01:00&end_at=2024-03-05T00:00:00Z', 'start_at is not a valid datetime'],
    [
      'filter_by_prefix=channel',
      'filter_by must be a field name and value separated by a colon (:) eg. authority:Westminster',
    ],
    ['filter_by=aa:b&filter_by=9a:b', 'Cannot filter by an invalid field name'],
    ['filter_by=a-b:c', 'Cannot filter by an invalid field name'],
    ['filter_by=:c', 'Cannot filter by an invalid field name'],
    [`period=&${SPAN}`, "'period' must be one of ['hour', 'day', 'week', 'month', 'quarter', 'year']"],
    ['sort_by=count:up', 'Unrecognised sort direction. Supported directions include: ascending, descending'],
    ['sort_by=a:ascending', 'Cannot sort by an invalid field name'],
    ['group_by=', 'Cannot group by an invalid field name'],
    ['group_by=_timestamp', 'Cannot group by internal fields, internal fields start with an underscore'],
    ['limit=', 'limit must be a positive integer'],
    ['limit=1e3', 'limit must be a positive integer'],
    ['period=day&duration=-1', 'duration must be a positive integer'],
    ['collect=count:sum', "collect can be used only with either ['group_by', 'period']"],
    [
      `period=week&duration=2&${SPAN}`,
      "Absolute and relative time cannot be requested at the same time - either ask for 'start_at' and 'end_at', or ask for 'start_at'/'end_at' with 'duration'",
    ],
    ['end_at=2024-03-04T00:00:00Z', "Use of 'end_at' requires 'start_at' or 'duration'"],
    ['period=week&duration=0', "'duration' must not be zero"],
    ['period=week&duration=00', "'duration' must not be zero"],
    [
      'duration=2',
      "If 'duration' is requested (for relative time), 'period' is required - please add a period (like 'day', 'month' etc)",
    ],
    ['group_by=channel&collect=count:median', 'Unknown collection method'],
    ['group_by=channel&collect=count:sum:mean', 'Unknown collection method'],
    ['group_by=channel&collect=a:sum', 'Cannot collect an invalid field name'],
    [
      'group_by=channel&collect=_count',
      'Cannot collect internal fields, internal fields start with an underscore',
    ],
    [
      'group_by=channel&group_by=region&collect=region:count',
      'Cannot collect by a field that is used for group_by',
    ],
    ['flatten=True', "flatten must be either 'true' or 'false'"],
    ['inclusive=', "inclusive must be either 'true' or 'false'"],
    ['inclusive=true', "inclusive can be used only with either ['start_at', 'end_at']"],
    ['group_by=channel&sort_by=count:ascending', 'Cannot sort by count, which is not in the answer'],
    [
      'group_by=channel&sort_by=_group_count:ascending',
      'Cannot sort by _group_count, which is not in the answer',
    ],
    [Array(101).fill('filter_by=aa:b').join('&'), 'A query has at most 100 parameters'],
  ])('%s', (query, message) => {
    expect(faultOf(query)).toBe(message);
  });

  test('with its first fault in the order in which the original looks for them', () => {
    expect(faultOf('period=week&flatten=x&limit=-1')).toMatch(/^Either 'duration'/);
    expect(faultOf('flatten=x&limit=-1')).toBe('limit must be a positive integer');
  });
});

describe('a data set without raw queries refuses', () => {
  const group = 'group_by=channel';
  test.each([
    ['filter_by=channel:digital', 'querying for raw data is not allowed'],
    [
      `${group}&start_at=2024-03-04T00:00:00Z&end_at=2024-03-10T00:00:00Z`,
      'The minimum time span for a query is 7 days',
    ],
    [`${group}&start_at=2024-03-04T00:00:00Z&end_at=2024-03-12T00:00:01Z`, 'end_at must be midnight'],
    [
      `${group}&start_at=2024-03-04T00:00:00%2B01:00&end_at=2024-03-12T00:00:00Z`,
      'start_at must be midnight',
    ],
    ['period=week&start_at=2024-03-04T00:00:00Z&end_at=2024-03-12T00:00:00Z', 'end_at must be a monday'],
    [
      'period=month&start_at=2024-03-02T00:00:00Z&end_at=2024-05-01T00:00:00Z',
      "'start_at' must be the first of the month for period=month queries",
    ],
    [
      'period=month&start_at=2024-03-01T00:00:00Z&end_at=2024-05-02T00:00:00Z',
      "'end_at' must be the first of the month for period=month queries",
    ],
    ['period=week&duration=2&end_at=2024-03-12T00:00:00Z', 'end_at must be a monday'],
  ])('%s', (query, message) => {
    expect(faultOf(query, false)).toBe(message);
    expect(faultOf(query, true)).toBeUndefined();
  });

  test.each([
    group,
    'period=day&duration=1',
    'period=hour&start_at=2024-03-04T01:00:00Z&end_at=2024-03-04T02:00:00Z',
  ])('not %s', (query) => {
    expect(faultOf(query, false)).toBeUndefined();
  });
});

describe('a query', () => {
  test('holds what its parameters say', () => {
    expect(
      parseReadQuery(
        `${SPAN}&inclusive=true&period=week&group_by=channel&group_by=channel&collect=count&collect=rate:mean&filter_by=kind:a%3Ab%20c+d&sort_by=rate:mean:descending&limit=+5&flatten=true&format=csv`,
        true,
      ),
    ).toEqual({
      startAt: Date.UTC(2024, 2, 4),
      endAt: Date.UTC(2024, 3, 8),
      inclusive: true,
      period: 'week',
      groupBy: ['channel'],
      collect: [
        { field: 'count', method: 'default' },
        { field: 'rate', method: 'mean' },
      ],
      filters: [{ kind: 'equals', field: 'kind', text: 'a:b c d' }],
      sortBy: { field: 'rate:mean', descending: true },
      limit: 5,
      flatten: true,
      csv: true,
    });
  });

  test('filters by true and false as such, and by numbers as numbers, too', () => {
    const filters = ['true', 'True', '10', '-1.5e3', '007', '+1', '1.', 'NaN', ''].map(
      (text) => `filter_by=kind:${encodeURIComponent(text)}`,
    );
    expect(parseReadQuery(filters.join('&'), true).filters).toEqual([
      { kind: 'boolean', field: 'kind', value: true },
      { kind: 'equals', field: 'kind', text: 'True' },
      { kind: 'equals', field: 'kind', text: '10', number: '10' },
      { kind: 'equals', field: 'kind', text: '-1.5e3', number: '-1.5e3' },
      ...['007', '+1', '1.', 'NaN', ''].map((text) => ({ kind: 'equals', field: 'kind', text })),
    ]);
  });

  test('that limits to 0 has no limit', () => {
    expect(parseReadQuery('limit=0', true)).not.toHaveProperty('limit');
  });
});
