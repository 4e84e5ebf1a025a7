import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { ApiError } from '../../src/server/http/errors.ts';
import { objectText } from '../../src/server/read/grouped-answer.ts';
import { parseReadQuery } from '../../src/server/read/parse-read-query.ts';
import { isGrouped, queryGroups, queryRecords } from '../../src/server/read/read-items.ts';
import { formatTimestamp } from '../../src/server/records/timestamp.ts';
import type { Store } from '../../src/server/store/store.ts';
import {
  INVALID,
  parsed,
  type ReferenceQuery,
  type ReferenceRecord,
  referenceGroups,
  referenceIds,
} from './read-reference.ts';
import { newDataSet, STORE_TESTS, UPDATED_AT } from './store-kinds.ts';

const NUMBERS = [
  '0',
  '1',
  '1.0',
  '2',
  '10',
  '-3',
  '0.5',
  '-2.25',
  '9007199254740993',
  '9007199254740992',
  '9223372036854775807',
  '-9223372036854775808',
  '1e2',
];
const OTHERS = [
  'null',
  'true',
  'false',
  '""',
  '"1"',
  '"10"',
  '"true"',
  '"a"',
  '"a:b"',
  '"a%"',
  '"Ångström"',
  '"\\"q\\\\"',
  '"é"',
];
const FIELDS = ['kind', 'val', 'Val', 'other'];

const values = fc.oneof(fc.constantFrom(...NUMBERS), fc.constantFrom(...OTHERS));
const MARCH = Date.UTC(2024, 2, 1);
const HOUR = 3_600_000;
const instants = fc
  .tuple(fc.nat(24 * 60), fc.constantFrom(0, 1, 999, 3_599_999))
  .map(([hour, rest]) => MARCH + hour * HOUR + rest);

const records = fc
  .array(
    fc.record({
      instant: instants,
      kind: fc.option(fc.constantFrom('1', '1.0', '"a"', '"é"', 'true', 'null', '9007199254740993'), {
        nil: undefined,
      }),
      val: fc.option(fc.constantFrom(...NUMBERS, 'null', 'true'), { nil: undefined }),
      Val: fc.option(values, { nil: undefined }),
    }),
    { maxLength: 30 },
  )
  .map((all): ReferenceRecord[] =>
    all.map(({ instant, ...fields }, index) => ({ id: `id-${index}`, instant, fields })),
  );

const bounds = fc
  .tuple(fc.nat(30), fc.integer({ min: 0, max: 40 }), fc.constantFrom(0, 9 * HOUR))
  .map(([day, days, rest]) => ({
    from: MARCH + day * 24 * HOUR + rest,
    to: MARCH + (day + days) * 24 * HOUR + rest,
  }));
const field = fc.constantFrom(...FIELDS);
const filterText = fc.constantFrom(
  '1',
  '10',
  '1.0',
  'a',
  'true',
  'null',
  '',
  'a%',
  'Ångström',
  '9007199254740993',
  '-3',
  '100',
  '_',
  '"',
);
const matching = fc.record(
  { filter: fc.tuple(field, filterText), bounds, inclusive: fc.boolean() },
  { requiredKeys: [] },
);
const direction = fc.constantFrom('ascending', 'descending');

const recordQueries = fc
  .record({
    matching,
    isPrefix: fc.boolean(),
    sort: fc.option(fc.tuple(field, direction)),
    limit: fc.option(fc.integer({ min: 1, max: 9 })),
  })
  .map(
    ({ matching: { filter, bounds: span, inclusive = false }, isPrefix, sort, limit }): ReferenceQuery => ({
      ...(filter === undefined ? {} : isPrefix ? { prefix: filter } : { filter }),
      ...span,
      inclusive: span !== undefined && inclusive,
      groupBy: [],
      collect: [],
      ...(sort === null ? {} : { sortBy: sort }),
      ...(limit === null ? {} : { limit }),
    }),
  );

const groupQueries = fc
  .record({
    matching,
    span: bounds,
    period: fc.option(fc.constantFrom('day', 'week', 'month')),
    groupBy: fc.subarray(['kind', 'other', 'Val'], { minLength: 0, maxLength: 2 }),
    collect: fc.uniqueArray(fc.constantFrom('sum', 'count', 'set', 'mean'), { maxLength: 3 }),
    sort: fc.option(direction),
    limit: fc.option(fc.integer({ min: 1, max: 4 })),
  })
  .filter(({ period, groupBy }) => period !== null || groupBy.length > 0)
  .map(
    ({
      matching: { filter, bounds: some, inclusive = false },
      span,
      period,
      groupBy,
      collect,
      sort,
      limit,
    }): ReferenceQuery => {
      const times = period === null ? some : span;
      const isGroup = groupBy.length > 0;
      return {
        ...(filter === undefined ? {} : { filter }),
        ...times,
        inclusive: times !== undefined && inclusive,
        ...(period === null ? {} : { period }),
        groupBy,
        collect: collect.map((method) => ['val', method] as const),
        ...(isGroup && sort !== null
          ? { sortBy: [collect[0] === undefined ? '_count' : `val:${collect[0]}`, sort] as const }
          : {}),
        ...(isGroup && limit !== null ? { limit } : {}),
      };
    },
  );

function queryString({
  filter,
  prefix,
  from,
  to,
  inclusive,
  period,
  groupBy,
  collect,
  sortBy,
  limit,
}: ReferenceQuery): string {
  const parameters = new URLSearchParams();
  if (filter !== undefined) parameters.append('filter_by', filter.join(':'));
  if (prefix !== undefined) parameters.append('filter_by_prefix', prefix.join(':'));
  if (from !== undefined) parameters.append('start_at', formatTimestamp(from));
  if (to !== undefined) parameters.append('end_at', formatTimestamp(to));
  if (inclusive) parameters.append('inclusive', 'true');
  if (period !== undefined) parameters.append('period', period);
  for (const each of groupBy) parameters.append('group_by', each);
  for (const each of collect) parameters.append('collect', each.join(':'));
  if (sortBy !== undefined) parameters.append('sort_by', sortBy.join(':'));
  if (limit !== undefined) parameters.append('limit', String(limit));
  return parameters.toString();
}

function stored({ id, instant, fields }: ReferenceRecord) {
  const timestamp = formatTimestamp(instant);
  const entries = Object.entries(fields).flatMap(([name, json]) =>
    json === undefined ? [] : [`"${name}":${json}`],
  );
  return {
    id,
    timestamp,
    json: `{${[`"_id":"${id}"`, `"_timestamp":"${timestamp}"`, ...entries].join(',')}}`,
  };
}

const exactly = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' ? parsed(context?.source) : value;

/** What a store answers to a query of one of its data sets. */
async function answerOf(store: Store, dataSet: string, text: string): Promise<unknown> {
  const query = parseReadQuery(text, true);
  if (!isGrouped(query)) {
    const ids: string[] = [];
    for await (const { id } of await queryRecords(store, dataSet, query, 0)) ids.push(id);
    return ids;
  }
  try {
    const items = await queryGroups(store, dataSet, query, 0);
    return [...items].map((item) => JSON.parse(objectText(item), exactly));
  } catch (error) {
    if (error instanceof ApiError && 'message' in error.body) return error.body.message;
    throw error;
  }
}

describe.each(STORE_TESTS)('with %s', (_, test) => {
  test('any query for records finds what a loop over all of them finds, in the same order', async ({
    store,
  }) => {
    const property = fc.asyncProperty(
      records,
      fc.array(recordQueries, { minLength: 4, maxLength: 4 }),
      async (all, queries) => {
        const dataSet = newDataSet();
        await store.replace(dataSet, all.map(stored), UPDATED_AT);
        for (const query of queries) {
          const text = queryString(query);
          expect(await answerOf(store, dataSet, text), text).toEqual(referenceIds(all, query));
        }
      },
    );
    await fc.assert(property, { numRuns: 60 });
  }, 60_000);

  test('any query for groups gives what a loop over all records counts and collects', async ({ store }) => {
    const property = fc.asyncProperty(
      records,
      fc.array(groupQueries, { minLength: 4, maxLength: 4 }),
      async (all, queries) => {
        const dataSet = newDataSet();
        await store.replace(dataSet, all.map(stored), UPDATED_AT);
        for (const query of queries) {
          const text = queryString(query);
          expect(await answerOf(store, dataSet, text), text).toEqual(referenceGroups(all, query));
        }
      },
    );
    await fc.assert(property, { numRuns: 60 });
  }, 60_000);

  test('a sum and a mean pass over what is null or missing, and how many those are is told', async ({
    store,
  }) => {
    const dataSet = newDataSet();
    const vals = ['"kind":1,"val":4', '"kind":1,"val":1.5', '"kind":1,"val":null', '"kind":1', '"kind":2'];
    const all = vals.map((json, index) => ({
      ...stored({ id: `r${index}`, instant: MARCH, fields: {} }),
      json: `{${json}}`,
    }));
    await store.replace(dataSet, all, UPDATED_AT);
    const collect = ['sum', 'mean', 'set', 'count'].map((method) => `collect=val:${method}`).join('&');
    expect(await answerOf(store, dataSet, `group_by=kind&${collect}`)).toEqual([
      {
        kind: 1,
        _count: 4,
        'val:sum': 5.5,
        'val:mean': 2.75,
        'val:set': [null, 1.5, 4],
        'val:count': 4,
        'val:missing': 2,
      },
      {
        kind: 2,
        _count: 1,
        'val:sum': null,
        'val:mean': null,
        'val:set': [null],
        'val:count': 1,
        'val:missing': 1,
      },
    ]);
    expect(await answerOf(store, dataSet, 'group_by=kind&collect=val:count')).toEqual([
      { kind: 1, _count: 4, 'val:count': 4 },
      { kind: 2, _count: 1, 'val:count': 1 },
    ]);
    const days = 'period=day&start_at=2024-03-01T00:00:00Z&end_at=2024-03-03T00:00:00Z';
    expect(await answerOf(store, dataSet, `${days}&filter_by=kind:1&collect=val:mean`)).toMatchObject([
      { _count: 4, 'val:mean': 2.75, 'val:missing': 2 },
      { _count: 0, 'val:mean': null },
    ]);
  });

  test('what cannot be added is refused', async ({ store }) => {
    const dataSet = newDataSet();
    await store.replace(
      dataSet,
      [stored({ id: 'x', instant: MARCH, fields: { kind: '1', val: '"a"' } })],
      UPDATED_AT,
    );
    expect(await answerOf(store, dataSet, 'group_by=kind&collect=val:sum')).toBe(INVALID);
  });
});
