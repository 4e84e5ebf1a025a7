import { describe, expect, test } from 'vitest';
import { collidingIds } from '../../src/advice/colliding-ids.ts';
import { queryWarnings } from '../../src/advice/query-warnings.ts';
import { exampleQuery } from '../../src/collect/queries.ts';
import type { Complete, Job } from '../../src/config/config.ts';
import { Secret } from '../../src/config/secret.ts';
import type { Column, ColumnKind } from '../../src/model/row.ts';
import { compileRecords } from '../../src/records/compile-records.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { jobOf } from '../support/collecting.ts';

/** What `check` warns about, given the columns that the database would tell. */
function warningsOf(job: Complete, route: ReturnType<typeof routeOf>, columns: readonly Column[] = COLUMNS) {
  const { rules } = exampleQuery(job, Date.now(), route.localTime);
  return queryWarnings(job, route, columns, compileRecords(job.record, columns, rules));
}

const column = (name: string, kind: ColumnKind, type: string = kind): Column => ({ name, kind, type });
const COLUMNS = [
  ...[column('day', 'date'), column('submitted_on', 'date'), column('channel', 'text')],
  column('count', 'integer'),
];

/** Nothing is asked of the database: it need not be there. */
const routeOf = (timezone: string, client: 'pg' | 'mysql2' | 'better-sqlite3' = 'pg') => ({
  source: createSource('source', {
    client,
    connection: new Secret(() => 'postgres://nobody@127.0.0.1:1/none'),
    timezone,
    max_connections: 1,
    connect_timeout: 1,
    query_timeout: 1,
  }),
  localTime: { zone: timezone },
});

const BOUNDED = 'FROM a WHERE submitted_at >= :from AND submitted_at < :to GROUP BY 1, 2';

describe('a query that makes dates by the clock of the database', () => {
  const messages = (
    {
      day = 'submitted_at::date',
      zone = 'Europe/London',
      database = 'UTC',
      rest = BOUNDED,
      ...window
    } = {} as {
      day?: string;
      zone?: string;
      database?: string;
      rest?: string;
      period?: string;
    },
  ) =>
    warningsOf(
      jobOf({
        timezone: zone,
        query: `SELECT ${day} AS day, channel, count(*) AS count ${rest}`,
        window: { period: 'day', ...window },
      }),
      routeOf(database),
    ).map(({ message }) => message);

  test.each([
    [{}],
    [{ zone: 'America/New_York' }],
    [{ zone: 'Asia/Kolkata' }],
    [{ day: "date_trunc('month', submitted_at)::date", period: 'month' }],
    [{ day: "(submitted_at AT TIME ZONE 'UTC')::date", database: 'Europe/London' }],
    [{ database: 'Asia/Kolkata', zone: 'UTC' }],
  ])('is warned about: %o', (over) => {
    expect(messages(over)).toEqual([
      expect.stringMatching(/^it makes dates of submitted_at by the clock of /),
    ]);
  });

  test.each([
    [{ zone: 'UTC' }],
    [{ zone: 'Africa/Abidjan' }],
    [{ day: "(submitted_at AT TIME ZONE 'UTC' AT TIME ZONE :timezone)::date" }],
    [{ day: "(submitted_at AT TIME ZONE 'Europe/London')::date" }],
    [{ day: 'submitted_on' }],
    [{ rest: 'FROM a WHERE submitted_on >= :from_date AND submitted_on < :to_date GROUP BY 1, 2' }],
  ])('is not: %o', (over) => {
    expect(messages(over)).toEqual([]);
  });
});

test('the warning tells the line to write for the database', () => {
  const query = `SELECT date(submitted_at) AS day, count(*) AS count ${BOUNDED}`;
  const remedies = (['pg', 'mysql2', 'better-sqlite3'] as const).map(
    (client) => warningsOf(jobOf({ query }), routeOf('UTC', client))[0]?.remedy,
  );
  expect(remedies).toEqual([
    expect.stringContaining("(submitted_at AT TIME ZONE 'UTC' AT TIME ZONE :timezone)::date"),
    expect.stringContaining("date(convert_tz(submitted_at, 'UTC', :timezone))"),
    expect.stringContaining('set window.max_periods: 1, select :from_date AS day'),
  ]);
});

test('a part of a count that window.allow_outside would let in is warned about', () => {
  const window = { period: 'day', allow_outside: true };
  expect(warningsOf(jobOf({ window }), routeOf('UTC'))).toMatchObject([
    { message: expect.stringContaining('a part of a count would replace the whole') },
  ]);
});

describe('an id of the template’s style', () => {
  const columns = [
    column('event_time', 'local-datetime', 'timestamp without time zone'),
    column('event_date', 'date'),
  ];
  const warnings = (...fields: unknown[]) =>
    warningsOf(
      jobOf({
        query: 'SELECT event_time, event_date, count(*) FROM a WHERE day >= :from_date GROUP BY 1, 2',
        record: {
          timestamp: 'event_time',
          id: { style: 'pp-db-collector-template', fields },
          fields: { moment: 'event_time', period: { value: 'day' } },
        },
      }),
      routeOf('UTC'),
      columns,
    );

  test.each([['event_time'], ['moment'], [{ column: 'event_time' }]])(
    'with a column that holds a time is warned about: %o',
    (part) => {
      expect(warnings(part, 'period')).toMatchObject([
        {
          message: expect.stringContaining('takes the column event_time, a timestamp without time zone'),
          remedy: expect.stringContaining('{ column: event_time, format: yyyy-MM-dd }'),
        },
      ]);
    },
  );

  test.each([
    ['event_date'],
    ['_timestamp'],
    [{ column: 'event_time', format: 'yyyy-MM-dd' }],
    [{ field: 'moment' }],
  ])('with a date is not: %o', (part) => expect(warnings(part, 'period')).toEqual([]));
});

describe('rows that may have one _id', () => {
  const warnings = (query: string, record: object = {}, columns = COLUMNS) =>
    warningsOf(
      jobOf({
        query: `${query} FROM a WHERE submitted_on >= :from_date AND submitted_on < :to_date`,
        record: { timestamp: 'submitted_on', id: ['_timestamp', 'channel'], omit: ['day'], ...record },
      }),
      routeOf('UTC'),
      columns,
    ).map(({ message }) => message);
  const UNGROUPED =
    'it has no GROUP BY, and everything but numbers is in record.id (_timestamp, channel): a run fails as soon as two rows agree in that';

  test('are warned about where everything but numbers is in the id and nothing is grouped', () => {
    expect(warnings('SELECT day, submitted_on, channel, count')).toEqual([UNGROUPED]);
  });

  test.each([
    ['a group', 'SELECT day, submitted_on, channel, (SELECT 1 GROUP BY 1) AS count', {}, COLUMNS],
    ['distinct rows', 'SELECT DISTINCT day, submitted_on, channel, count', {}, COLUMNS],
    ['one row', 'SELECT max(day) AS day, submitted_on, channel, count(*) AS count', {}, COLUMNS],
    ['another field', 'SELECT *', {}, [...COLUMNS, column('region', 'text')]],
    ['a number that names a row', 'SELECT *', { id: ['_timestamp', 'count'] }, COLUMNS],
  ])('are not with %s', (_, query, record, columns) => {
    expect(warnings(query, record, [...columns])).toEqual([]);
  });

  test('a count in the id is warned about', () => {
    const query = 'SELECT day, submitted_on, channel, count(*) AS count';
    expect(warnings(query, { id: ['_timestamp', 'channel', 'count'] })).toEqual([
      'record.id names count, a number that the query computes: whenever it changes, the old record stays beside the new one',
    ]);
  });
});

describe('two jobs that write one data set', () => {
  const job = (name: string, record: object, over: object = {}): Job => ({
    ...jobOf({ record: { timestamp: 'submitted_on', ...record }, ...over }),
    name,
  });
  const period = (value: string) => ({
    id: ['_timestamp', 'period', 'channel'],
    fields: { period: { value }, channel: 'channel', count: 'count' },
  });
  const daily = job('daily', period('day'));

  test.each([
    ['the same id', job('other', period('day'))],
    ['fields of other names', job('other', { id: ['_timestamp', 'kind', 'region'] })],
  ])('with %s are warned about', (_, other) => {
    expect(collidingIds([other], [daily, other])).toMatchObject([
      { message: expect.stringMatching(/^daily and other both write the data set test\/applications, /) },
    ]);
  });

  test.each([
    ['a constant that differs', job('other', period('week'))],
    ['fewer parts', job('other', { id: ['_timestamp', 'channel'] })],
    ['another style', job('other', { id: { ...{ style: 'base64' }, fields: ['_timestamp', 'a1', 'b1'] } })],
    [
      'another data set',
      job('other', period('day'), { data_set: { data_group: 'a', data_type: 'b', token: 'the-token' } }),
    ],
  ])('with %s are not', (_, other) => {
    expect(collidingIds([daily], [daily, other])).toEqual([]);
  });
});

describe('a job that removes what is gone', () => {
  const removing = (id: readonly string[], over: Record<string, unknown> = {}) =>
    warningsOf(
      jobOf({
        ...{
          query: 'SELECT day, channel, count FROM a GROUP BY 1, 2',
          window: { period: 'week' },
          deleted: 'remove',
        },
        record: { timestamp: 'day', id },
        ...over,
      }),
      routeOf('UTC'),
    ).filter(({ message }) => message.startsWith('deleted'));

  test('is warned about where its ids do not tell the period, and so nothing is removed', () => {
    expect(removing(['channel'])).toEqual([
      {
        message:
          'deleted: remove removes nothing: record.id does not say of which week a record is, so what was sent is not remembered',
        remedy: expect.stringMatching(
          /^Put _timestamp into record\.id; .* verify \S+ --repair --delete-extra\.$/,
        ),
      },
    ]);
    expect(removing(['_timestamp', 'channel'])).toEqual([]);
    expect(removing(['channel'], { deleted: 'keep' })).toEqual([]);
  });
});
