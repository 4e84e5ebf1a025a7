import { describe, expect, test } from 'vitest';
import { overAllTimes } from '../../src/collect/queries.ts';
import type { Query } from '../../src/model/query.ts';
import type { RunEvent } from '../../src/model/run-event.ts';
import type { SourceFinding } from '../../src/model/source.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { never, query } from '../sources/reading.ts';
import { jobOf } from '../support/collecting.ts';
import { collectingEach } from '../support/collecting-each.ts';
import { startFaultyServer } from '../support/faulty-server.ts';

const NOON = Date.parse('2014-06-09T12:00:00Z');
const IN_WINDOW = 'submitted_at >= :from AND submitted_at < :to';

const place = collectingEach('better-sqlite3', startFaultyServer, [
  'CREATE TABLE applications (id integer, submitted_at datetime)',
]);

const submit = (...values: readonly (string | number)[]) =>
  Promise.all(
    values.map((value, id) => place.database.execute(`INSERT INTO applications VALUES (${id}, ${value})`)),
  );

/** One run of a job over the window of 9 June; what it was told. */
async function run(sql: string) {
  const told: SourceFinding[] = [];
  const observer = (event: RunEvent) => {
    if (event.kind === 'rows-overlooked') told.push(event.finding);
  };
  const job = jobOf({
    timezone: 'UTC',
    query: sql,
    window: { period: 'day', lookback: 1 },
    record: { timestamp: 'day', id: ['_timestamp'], fields: { count: 'count' } },
  });
  const { outcome, rows } = await place.collecting.run(job, '2014-06-10T05:30:00Z', { observer });
  return {
    outcome,
    rows,
    told: told.map(({ text }) => /\((.*)\)/.exec(text)?.[1]),
    remedies: told.map(({ remedy }) => remedy),
  };
}

const GROUPED = `SELECT date(submitted_at) AS day, count(*) AS count FROM applications WHERE ${IN_WINDOW} GROUP BY 1`;

describe('a run over a window in which times are stored as', () => {
  test.each([
    ['epoch seconds', NOON / 1_000, 'unixepoch(:from) and unixepoch(:to)'],
    ['epoch milliseconds', NOON, 'unixepoch(:from) * 1000 and unixepoch(:to) * 1000'],
    ['epoch microseconds', NOON * 1_000, 'unixepoch(:from) * 1000000 and unixepoch(:to) * 1000000'],
    ['Julian days', NOON / 86_400_000 + 2_440_587.5, 'julianday(:from) and julianday(:to)'],
  ])('%s says so', async (unit, value, written) => {
    await submit(value);
    expect(await run(GROUPED)).toEqual({
      outcome: 'empty',
      rows: 0,
      told: [unit],
      remedies: [expect.stringContaining(`Compare with ${written};`)],
    });
  });

  test('texts, and numbers beside them, says so', async () => {
    await submit("'2014-06-09 10:00:00'", NOON);
    expect(await run(GROUPED)).toMatchObject({ outcome: 'succeeded', rows: 1, told: ['epoch milliseconds'] });
  });

  test('texts says nothing, nor of numbers of another time', async () => {
    await submit("'2014-06-09 10:00:00'", NOON - 86_400_000, NOON + 86_400_000, 0);
    expect(await run(GROUPED)).toMatchObject({ outcome: 'succeeded', told: [] });
  });

  const COUNTED = 'count(*) AS count FROM applications';

  test.each([
    `SELECT :from_date AS day, ${COUNTED} WHERE ${IN_WINDOW}`,
    `SELECT :from AS day, ${COUNTED} WHERE ${IN_WINDOW}`,
    `SELECT :from_date AS day, :timezone AS zone, ${COUNTED} WHERE ${IN_WINDOW}`,
    `SELECT :from_date AS day, ${COUNTED} WHERE date(submitted_at) = :from_date`,
    `SELECT date(:from_date) AS day, ${COUNTED} WHERE datetime(submitted_at) >= :from AND datetime(submitted_at) < :to`,
  ])('texts says nothing where the query selects its parameters, too: %s', async (sql) => {
    await submit("'2014-06-09 10:00:00'", NOON - 86_400_000);
    expect(await run(sql)).toMatchObject({ outcome: 'succeeded', rows: 1, told: [] });
  });

  test.each([
    `SELECT :from_date AS day, ${COUNTED} WHERE ${IN_WINDOW}`,
    `SELECT :timezone AS zone, :from AS day, ${COUNTED} WHERE ${IN_WINDOW}`,
  ])('numbers names only the parameters that are compared: %s', async (sql) => {
    await submit(NOON);
    expect(await run(sql)).toMatchObject({
      told: ['epoch milliseconds'],
      remedies: [
        expect.stringMatching(/^Compare with unixepoch\(:from\) \* 1000 and unixepoch\(:to\) \* 1000;/),
      ],
    });
  });

  test.each([
    'date(submitted_at) >= :from_date AND date(submitted_at) < :to_date',
    'datetime(submitted_at) >= :from AND datetime(submitted_at) < :to',
    'date(applications."submitted_at") BETWEEN :from_date AND :to_date',
  ])('numbers says so where the query makes dates of them: %s', async (comparison) => {
    await submit(NOON);
    const told = await run(`SELECT :from_date AS day, ${COUNTED} WHERE ${comparison}`);
    expect(told).toMatchObject({ told: [expect.stringContaining('epoch milliseconds')] });
    expect(told.remedies[0]).toMatch(
      /^Compare the column itself with unixepoch\(:from\) \* 1000 and unixepoch\(:to\) \* 1000;/,
    );
  });

  test('Julian days says nothing where the query makes dates of them, because that is right', async () => {
    await submit(NOON / 86_400_000 + 2_440_587.5);
    const inDays = 'date(submitted_at) >= :from_date AND date(submitted_at) < :to_date';
    const sql = `SELECT :from_date AS day, ${COUNTED} WHERE ${inDays}`;
    expect(await run(sql)).toMatchObject({ outcome: 'succeeded', told: [] });
  });

  test.each([
    'submitted_at >= unixepoch(:from) * 1000 AND submitted_at < unixepoch(:to) * 1000',
    'submitted_at / 1000 >= unixepoch(:from) AND submitted_at / 1000 < unixepoch(:to)',
    "datetime(submitted_at / 1000, 'unixepoch') >= :from AND datetime(submitted_at / 1000, 'unixepoch') < :to",
  ])('numbers says nothing when the query compares well: %s', async (comparison) => {
    await submit(NOON);
    const sql = `SELECT '2014-06-09' AS day, count(*) AS count FROM applications WHERE ${comparison}`;
    expect(await run(sql)).toMatchObject({ outcome: 'succeeded', told: [] });
  });
});

describe('a query that uses its times for more than a comparison with a column says', () => {
  test.each([
    'SELECT :from_date AS day, 1 AS count WHERE :from < :to',
    'SELECT date(:from) AS day, count(*) AS count FROM applications WHERE :to > :from AND submitted_at >= :from',
    `WITH RECURSIVE days (day) AS (
       SELECT :from_date UNION ALL SELECT date(day, '+1 day') FROM days WHERE day < date(:to_date, '-1 day')
     ) SELECT day, (SELECT count(*) FROM applications WHERE date(submitted_at) = day) AS count FROM days`,
    `SELECT :from_date AS day, count(*) AS count FROM applications WHERE ${IN_WINDOW}`,
    `SELECT :from_date AS day, count(*) AS count, :timezone AS zone FROM applications WHERE ${IN_WINDOW}`,
  ])('nothing when there are texts: %s', async (sql) => {
    await submit("'2014-06-09 10:00:00'");
    expect(await run(sql)).toMatchObject({ outcome: 'succeeded', told: [] });
  });

  test('what it never finds', async () => {
    await submit(NOON / 1_000);
    const sql = `SELECT :from_date AS day, count(*) AS count, :timezone AS zone FROM applications WHERE ${IN_WINDOW}`;
    expect(await run(sql)).toMatchObject({
      outcome: 'succeeded',
      told: ['epoch seconds'],
      remedies: [expect.stringContaining('Compare with unixepoch(:from) and unixepoch(:to);')],
    });
  });
});

describe('texts that compare with times by chance only are told', () => {
  const textsOf = async (sql: string) => {
    const source = createSource('source', place.database.settings);
    const instant = { kind: 'instant', epochMilliseconds: NOON } as const;
    const findings = await source.overlooked(query(sql, { from: instant, to: instant }), true, never());
    await source.close();
    return findings.map(({ text }) => text);
  };

  test.each([
    ['2015/01/31', 'of the form "9999/99/99"'],
    ['31-01-2015 06:30', 'of the form "99-99-9999 99:99"'],
    ['Jan 31, 2015', 'of the form "xxx 99, 9999"'],
    ['2015-01-31T06:30:00.000Z', 'have a T before the time'],
    ['2015-01-31 06:30:00+02:00', 'carry an offset'],
  ])('%s', async (text, told) => {
    await submit("'2014-06-09 10:00:00'", `'${text}'`);
    const sql = `SELECT a.id FROM applications AS a WHERE a."submitted_at" >= :from -- as written
      AND a.submitted_at < :to;`;
    expect(await textsOf(sql)).toEqual([expect.stringContaining(told)]);
    expect(
      await textsOf('SELECT id FROM applications WHERE submitted_at BETWEEN :from AND :to'),
    ).toHaveLength(1);
  });

  test('and good ones are not', async () => {
    await submit(
      "'2014-06-09'",
      "'2014-06-09 10:00'",
      "'2014-06-09 10:00:00.123'",
      "'2014-06-09 10:00:00Z'",
      'NULL',
      '7',
    );
    expect(await textsOf(GROUPED)).toEqual([]);
  });

  test('by a run that finds nothing', async () => {
    await submit("'2014/06/09'");
    expect(await run(GROUPED)).toMatchObject({
      outcome: 'empty',
      remedies: [expect.stringContaining('substr(column')],
    });
  });
});

describe('rows are told apart', () => {
  const overlooked = async (sql: string, parameters: Query['parameters']) => {
    const source = createSource('source', place.database.settings);
    const findings = await source.overlooked(overAllTimes(query(sql, parameters)), false, never());
    await source.close();
    return findings.map(({ text }) => /\((.*)\)/.exec(text)?.[1]);
  };
  const date = { kind: 'date', date: '2014-06-09' } as const;
  const text = { kind: 'datetime', text: '2014-06-09 00:00:00' } as const;

  test.each([
    [
      'counted without groups',
      'SELECT count(*) FROM applications WHERE submitted_at >= :from AND submitted_at < :to',
    ],
    ['by BETWEEN', 'SELECT id FROM applications WHERE submitted_at BETWEEN :from AND :to'],
    [
      'in a subquery',
      'SELECT id FROM (SELECT * FROM applications a WHERE :from <= a."submitted_at") WHERE submitted_at < :to',
    ],
    [
      'in one of two alternatives',
      'SELECT id FROM applications WHERE id < 0 OR (submitted_at >= :from AND submitted_at < :to)',
    ],
  ])('%s', async (_how, sql) => {
    await submit("'2014-06-09 10:00:00'");
    expect(await overlooked(sql, { from: date, to: date })).toEqual([]);
    await submit(NOON);
    expect(await overlooked(sql, { from: date, to: date })).toEqual(['epoch milliseconds']);
  });

  test('behind a cursor that is a text', async () => {
    const sql =
      'SELECT submitted_at, id FROM applications WHERE (submitted_at, id) > (:submitted_at, :id) ORDER BY 1, 2';
    const position = { submitted_at: text, id: { kind: 'number', text: '0' } } as const;
    await submit("'2014-06-09 10:00:00'", "'2014-06-10'");
    expect(await overlooked(sql, position)).toEqual([]);
    await submit(NOON / 1_000);
    expect(await overlooked(sql, position)).toEqual(['epoch seconds']);
  });

  test('where :until is compared with numbers, so that a lag has no effect', async () => {
    const sql = 'SELECT id FROM applications WHERE id > :id AND submitted_at <= :until ORDER BY 1';
    const position = { id: { kind: 'number', text: '-1' }, until: text } as const;
    await submit("'2014-06-09 10:00:00'");
    expect(await overlooked(sql, position)).toEqual([]);
    await submit(NOON);
    expect(await overlooked(sql, position)).toHaveLength(1);
  });

  test('and nothing is said of a cursor of numbers', async () => {
    await submit(NOON);
    const sql = 'SELECT id FROM applications WHERE id > :id ORDER BY 1';
    expect(await overlooked(sql, { id: { kind: 'number', text: '-1' } })).toEqual([]);
  });
});
