import { expect, test } from 'vitest';
import { createSource } from '../../src/sources/create-source.ts';
import { Collecting, jobOf } from '../support/collecting.ts';
import { type Client, createDatabase } from '../support/databases.ts';
import { startWriteApi } from '../support/write-api.ts';

/** What each database can hold beyond the years 1 to 9999, and what lies beyond them only in UTC. */
const VALUES: Readonly<Record<Client, { date: string; time: string; dates: string[]; times: string[] }>> = {
  pg: {
    date: 'date',
    time: 'timestamp',
    dates: ['infinity', '-infinity', '0044-03-15 BC', '10000-01-01'],
    times: ['infinity', '0001-12-31 23:00:00 BC', '9999-12-31 23:59:59'],
  },
  mysql2: { date: 'date', time: 'datetime', dates: ['0000-05-05'], times: ['9999-12-31 23:59:59'] },
  'better-sqlite3': {
    date: 'date',
    time: 'datetime',
    dates: ['0000-05-05', '10000-01-01', '-0044-03-15'],
    times: ['0000-12-31 23:59:59', '9999-12-31 23:59:59'],
  },
};

test.each<Client>(['pg', 'mysql2', 'better-sqlite3'])(
  'rows of %s beyond the years 1 to 9999 become dead letters, and the others go on',
  async (client) => {
    const { date, time, dates, times } = VALUES[client];
    const database = await createDatabase(client);
    const api = await startWriteApi();
    await database.execute(`create table events (id int, on_date ${date}, at_time ${time})`);
    const rows = [
      ['2015-06-01', '2015-06-01 12:00:00'],
      ...dates.map((each) => [each, '2015-06-01 12:00:00']),
    ];
    rows.push(...times.map((each) => ['2015-06-01', each]));
    const values = rows.map((row, index) => `(${index + 1}, '${row[0]}', '${row[1]}')`);
    await database.execute(`insert into events values ${values.join(', ')}`);
    for (const period of ['day', 'week', 'year']) {
      const collecting = new Collecting(createSource('source', database.settings), api.url);
      const job = jobOf({
        snapshot: { period },
        query: 'SELECT id AS number, on_date, at_time FROM events ORDER BY id',
        record: { timestamp: 'on_date', id: ['number'] },
      });
      const localTime = { zone: 'America/New_York' };
      const result = await collecting.run(job, '2026-06-03T06:30:00Z', { localTime });
      expect(result).toMatchObject({ outcome: 'partial', records: 1, deadLetters: rows.length - 1 });
      for (const { reason } of await collecting.state.deadLetters({}))
        expect(reason).toMatch(
          /^column \w+: "[^"]+" (is not a date|lies outside of the years 1 to 9999 in UTC)/,
        );
      await collecting.close();
    }
    expect(await api.stored()).toMatchObject([{ number: 1, _timestamp: '2015-01-01T00:00:00+00:00' }]);
    await api.close();
    await database.drop();
  },
);
