import { expect, onTestFinished, test } from 'vitest';
import { createSource } from '../../src/sources/create-source.ts';
import { Collecting, jobOf } from '../support/collecting.ts';
import { createDatabase } from '../support/databases.ts';
import { type ReceivedRequest, startFaultyServer } from '../support/faulty-server.ts';

test('a request that was given up and is stored late is repaired by the next run of a window job', async () => {
  const database = await createDatabase('better-sqlite3');
  await database.execute('CREATE TABLE visits (day date, number integer)');
  await database.execute("INSERT INTO visits VALUES ('2014-06-09', 10)");
  const api = await startFaultyServer();
  const collecting = new Collecting(createSource('source', database.settings), api.url);
  onTestFinished(async () => {
    await collecting.close();
    await api.close();
    await database.drop();
  });
  const stored = new Map<string, number>();
  const store = ({ text }: ReceivedRequest) => {
    for (const { _id, number } of JSON.parse(text)) stored.set(_id, number);
    return { status: 200, body: { status: 'ok' } };
  };
  const job = jobOf({
    query: 'SELECT day, number FROM visits WHERE day >= :from_date AND day < :to_date',
    record: { timestamp: 'day', id: ['_timestamp'] },
  });
  const { promise: arrived, resolve } = Promise.withResolvers<ReceivedRequest>();
  api.otherwise((request) => {
    resolve(request);
    return { fault: 'hang' };
  });
  const stop = new AbortController();
  const first = collecting.run(job, '2014-06-10T05:30:00Z', { signal: stop.signal });
  const late = await arrived;
  stop.abort(new Error('given up'));
  expect((await first).outcome).toBe('interrupted');

  await database.execute('UPDATE visits SET number = 99');
  api.otherwise(store);
  expect((await collecting.run(job, '2014-06-10T05:40:00Z')).outcome).toBe('succeeded');
  store(late);
  expect([...stored.values()]).toEqual([10]);

  expect((await collecting.run(job, '2014-06-10T05:50:00Z')).outcome).toBe('succeeded');
  expect([...stored.values()]).toEqual([99]);
});
