import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSource } from '../../src/sources/create-source.ts';
import { Collecting, jobOf } from '../support/collecting.ts';
import { type Client, createDatabase, type TestDatabase } from '../support/databases.ts';

describe.each<Client>(['pg', 'mysql2', 'better-sqlite3'])('two rows of one _id in %s', (client) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase(client);
    await database.execute(
      'create table visits (day date, at_hour int, channel varchar(9), region varchar(9), digits varchar(9), visitors bigint)',
    );
    await database.execute(
      "insert into visits values ('2026-06-01', 1, 'Web', 'north', '12', 5), ('2026-06-01', 2, 'web', 'south', '13', 7)",
    );
  });
  afterAll(() => database.drop());

  /** What the run of a query says is to be done. */
  async function remedyOf(columns: string, group: string, record: object = {}): Promise<string> {
    const collecting = new Collecting(createSource('source', database.settings), 'http://127.0.0.1:1');
    const query = `SELECT ${columns} FROM visits WHERE day >= :from_date AND day < :to_date ${group}`;
    const mapping = { timestamp: 'day', id: ['_timestamp'], ...record };
    const { failure } = await collecting.run(jobOf({ query, record: mapping }), '2026-06-02T12:00:00Z');
    await collecting.close();
    expect(failure?.message).toMatch(/^rows 1 and 2 of the query would have the same _id: /);
    return failure?.remedy ?? '';
  }

  test.each([
    ['a count', 'day, at_hour, count(*) AS visits', 'GROUP BY day, at_hour'],
    ['a number', 'day, visitors', ''],
    ['digits in a text', 'day, digits', ''],
    ['a text that is computed', 'day, at_hour, max(region) AS last_region', 'GROUP BY day, at_hour'],
  ])('are to be grouped; %s is never offered', async (_, columns, group) => {
    expect(await remedyOf(columns, group)).toBe('Group the rows in the query, so that each _id comes once.');
  });

  test('a text that is not in the id is offered, in the record or not', async () => {
    const offered = 'Add to record.id what tells such rows apart (region), or group the rows in the query.';
    expect(await remedyOf('day, region, visitors', '')).toBe(offered);
    expect(await remedyOf('day, region, visitors', '', { fields: { visitors: 'visitors' } })).toBe(offered);
  });

  test('what the query groups by and does not select is named', async () => {
    expect(await remedyOf('day, count(*) AS visits', 'GROUP BY day, region')).toBe(
      'The query groups by region and does not select it: leave it out of GROUP BY, or select it and add it to record.id. Group the rows in the query, so that each _id comes once.',
    );
  });

  test('so is what case and map make one', async () => {
    const record = {
      id: ['_timestamp', 'channel'],
      fields: { channel: { column: 'kind', case: 'lower' }, visits: 'visits' },
    };
    const binary = client === 'mysql2' ? 'binary channel' : 'channel';
    const group = client === 'mysql2' ? 'GROUP BY day, binary channel' : 'GROUP BY day, channel';
    const kind = client === 'mysql2' ? `convert(${binary} using utf8mb4)` : binary;
    expect(await remedyOf(`day, ${kind} AS kind, count(*) AS visits`, group, record)).toContain(
      'roup the rows in the query by what channel becomes by case and map, so that each _id comes once.',
    );
  });
});
