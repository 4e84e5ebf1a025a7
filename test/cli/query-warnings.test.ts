import { describe, expect, test } from 'vitest';
import { queryWarnings } from '../../src/cli/query-warnings.ts';
import { Secret } from '../../src/config/secret.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { jobOf } from '../support/collecting.ts';

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
  clock: { zone: timezone },
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
    queryWarnings(
      jobOf({
        timezone: zone,
        query: `SELECT ${day} AS day, channel, count(*) AS count ${rest}`,
        window: { period: 'day', ...window },
      }),
      routeOf(database),
      [],
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
    (client) => queryWarnings(jobOf({ query }), routeOf('UTC', client), [])[0]?.remedy,
  );
  expect(remedies).toEqual([
    expect.stringContaining("(submitted_at AT TIME ZONE 'UTC' AT TIME ZONE :timezone)::date"),
    expect.stringContaining("date(convert_tz(submitted_at, 'UTC', :timezone))"),
    expect.stringContaining('set window.max_periods: 1, select :from_date AS day'),
  ]);
});

test('a part of a count that window.allow_outside would let in is warned about', () => {
  const window = { period: 'day', allow_outside: true };
  expect(queryWarnings(jobOf({ window }), routeOf('UTC'), [])).toMatchObject([
    { message: expect.stringContaining('a part of a count would replace the whole') },
  ]);
});

describe('an id of the template’s style', () => {
  const columns = [
    { name: 'event_time', type: 'timestamp without time zone', kind: 'local-datetime' },
    { name: 'event_date', type: 'date', kind: 'date' },
  ] as const;
  const warnings = (...fields: unknown[]) =>
    queryWarnings(
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
