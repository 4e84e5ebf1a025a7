import { expect, onTestFinished, test } from 'vitest';
import { Batch } from '../../src/model/batch.ts';
import { createSource } from '../../src/sources/create-source.ts';
import { WriteApiClient } from '../../src/write-api/write-api-client.ts';
import { Collecting, jobOf } from '../support/collecting.ts';
import { createDatabase } from '../support/databases.ts';
import { type ReceivedRequest, type Reply, STORED, startFaultyServer } from '../support/faulty-server.ts';

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

test('a newer version of a record waits until one that was given up can be expected to have arrived', async () => {
  const api = await startFaultyServer();
  const retry = { for: 60_000, first_delay: 10, max_delay: 50 };
  const client = new WriteApiClient({ url: api.url, timeout: 1_500, retry });
  onTestFinished(async () => {
    await client.close();
    await api.close();
  });
  const stored: string[] = [];
  const store = ({ text }: ReceivedRequest): Reply => {
    if (text !== '[]') stored.push(text);
    return STORED;
  };
  api.otherwise(store);
  const { promise: late, resolve } = Promise.withResolvers<void>();
  // It takes longer than anybody waits, and less than twice as long.
  api.script((request) => {
    setTimeout(() => resolve(void store(request)), 2_500);
    return { fault: 'hang' };
  });
  const dataSet = { data_group: 'group', data_type: 'type', token: 'token' };
  await client.post(dataSet, ['{"_id":"a","n":1}']);
  expect(stored).toEqual(['[{"_id":"a","n":1}]']);
  await client.post({ ...dataSet, data_type: 'another' }, ['{"_id":"a","n":2}']);
  await client.post(dataSet, ['{"_id":"a","n":3}']);
  await late;
  expect(stored.toSorted()).toEqual([1, 1, 2, 3].map((n) => `[{"_id":"a","n":${n}}]`));
  expect(stored.at(-1)).toBe('[{"_id":"a","n":3}]');
});

test('the wait for a record that was given up ends at once with what waits', async () => {
  const api = await startFaultyServer();
  const client = new WriteApiClient({ url: api.url, timeout: 60_000 });
  onTestFinished(async () => {
    await client.close();
    await api.close();
  });
  api.script({ fault: 'hang' });
  const target = client.target({ data_group: 'group', data_type: 'type', token: 'token' });
  const [first, stop] = [new AbortController(), new AbortController()];
  const late = target.post(Batch.of(['{"_id":"a","n":1}']), first.signal);
  await api.seen(1);
  first.abort(new Error('given up'));
  await expect(late).rejects.toThrow('given up');
  const newer = target.post(Batch.of(['{"_id":"a","n":2}']), new AbortController().signal, stop.signal);
  setTimeout(() => stop.abort(new Error('stopping')), 50);
  await expect(newer).rejects.toThrow('stopping');
  expect(api.requests).toHaveLength(1);
});
