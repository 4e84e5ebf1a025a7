import { describe, expect, test } from 'vitest';
import type { DayColumn } from '../../src/first-job/day-column.ts';
import { writeTableQuery } from '../../src/first-job/table-query.ts';
import type { SurveyedColumn } from '../../src/first-job/table-survey.ts';
import { type Client, dialectOf } from '../../src/sources/dialects.ts';

const LONDON = { database: 'UTC', job: 'Europe/London' };

function written(
  client: Client,
  columns: readonly string[],
  over: {
    kind?: SurveyedColumn['kind'];
    form?: DayColumn['form'];
    zones?: typeof LONDON;
    dayByDay?: boolean;
  } = {},
) {
  const { catalogue } = dialectOf(client);
  const [day, ...dimensions] = columns.map((name) => ({
    name,
    type: 'text',
    kind: over.kind ?? ('local-datetime' as const),
    sql: catalogue.quoted(name),
    isNeverNull: true,
    values: [],
  }));
  if (day === undefined) throw new Error('the first column is that of the day');
  const table = { schema: 'public', name: 'visits', shown: 'visits', sql: 'visits' };
  return writeTableQuery(
    table,
    { column: day, form: over.form ?? 'time' },
    dimensions,
    catalogue,
    over.zones ?? LONDON,
    over.dayByDay,
  );
}

/** What the query selects first, and compares. */
const dayOf = (...args: Parameters<typeof written>) => {
  const { sql } = written(...args);
  return [/^SELECT (.*?),? (?:AS day|count)/s.exec(sql)?.[1], /^WHERE (.*)$/m.exec(sql)?.[1]];
};

describe('the day of a time', () => {
  test.each([
    ['pg', {}, "(at AT TIME ZONE 'UTC' AT TIME ZONE :timezone)::date"],
    ['pg', { kind: 'instant' }, '(at AT TIME ZONE :timezone)::date'],
    ['pg', { zones: { database: 'Europe/London', job: 'Europe/London' } }, 'at::date'],
    ['mysql2', {}, "date(convert_tz(at, 'UTC', :timezone))"],
    ['mysql2', { zones: { database: 'Europe/London', job: 'Europe/London' } }, 'date(at)'],
    ['mysql2', { dayByDay: true }, ':from_date'],
    ['better-sqlite3', {}, ':from_date'],
    ['better-sqlite3', { zones: { database: 'Europe/London', job: 'Europe/London' } }, 'date(at)'],
  ] as const)('in %s with %j', (client, over, day) => {
    expect(dayOf(client, ['at', 'page'], over)).toEqual([day, 'at >= :from AND at < :to']);
    expect(written(client, ['at', 'page'], over).isDayByDay).toBe(day === ':from_date');
  });

  test('of dates is compared with dates, and needs no zone', () => {
    for (const client of ['pg', 'mysql2', 'better-sqlite3'] as const) {
      const over = { kind: 'date', form: 'date' } as const;
      expect(dayOf(client, ['made_on', 'page'], over)).toEqual([
        'made_on',
        'made_on >= :from_date AND made_on < :to_date',
      ]);
    }
  });

  test('of texts in many spellings is compared in one', () => {
    expect(dayOf('better-sqlite3', ['at'], { form: 'spelled' })[1]).toBe(
      'datetime(at) >= :from AND datetime(at) < :to',
    );
  });
});

test('names are quoted where the database needs it, and fields have names that records may have', () => {
  const columns = ['made_on', 'user', 'Delivery Channel', 'say "so"', 'x', 'day', 'count'];
  const { sql, dimensions } = written('pg', columns, { kind: 'date', form: 'date' });
  expect(dimensions).toEqual(['user', 'delivery_channel', 'say_so', 'column_x', 'day_2', 'count_2']);
  expect(sql.replaceAll('\n ', '')).toContain(
    'SELECT made_on AS day, "user", "Delivery Channel" AS delivery_channel, "say ""so""" AS say_so, x AS column_x, ' +
      'day AS day_2, count AS count_2, count(*) AS count',
  );
  expect(written('mysql2', ['made_on', 'rank', 'a`b']).sql).toContain('`rank`, `a``b` AS a_b');
});

test('a null counts as none, and what is never null is taken as it is', () => {
  const { catalogue } = dialectOf('pg');
  expect(catalogue.withoutNulls('outcome', 'outcome_type')).toBe("coalesce(outcome::text, 'none')");
  expect(catalogue.withoutNulls('channel', 'character varying')).toBe("coalesce(channel, 'none')");
  expect(written('pg', ['at', 'channel']).sql).toContain('AS day, channel, count(*) AS count');
});

test('without dimensions, and a day in each query, there is nothing to group by', () => {
  expect(written('better-sqlite3', ['at']).sql).not.toContain('GROUP BY');
  expect(written('pg', ['at']).sql).toContain('GROUP BY 1 ORDER BY 1');
});
