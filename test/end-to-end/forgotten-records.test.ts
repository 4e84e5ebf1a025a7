import { afterEach, beforeEach, expect, test } from 'vitest';
import { ServiceOfVisits } from '../support/service-of-visits.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

/** What a job has sent is not taken to be there any more, where somebody has changed the data set by a command. */

let api: RunningWriteApi;
let service: ServiceOfVisits;

beforeEach(async () => {
  api = await startWriteApi();
  service = await ServiceOfVisits.open(api.url);
  service.writeJob(undefined, 'lookback: 3, max_periods: 10000');
  await service.database.execute(
    "INSERT INTO visits VALUES (date('now', '-2 days'), 1, 'ours'), (date('now', '-1 day'), 2, 'ours')",
  );
  expect(await run()).toMatchObject([{ records: 2, unchanged: 0 }]);
  expect(await run()).toMatchObject([{ records: 0, unchanged: 2 }]);
});

afterEach(async () => {
  await service.close();
  await api.close();
});

async function run(): Promise<unknown> {
  const { code, stdout, stderr } = await service.run('run', 'visits', '--json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

const notes = async () => (await api.stored()).map(({ note }) => note).toSorted();

async function store(records: readonly Record<string, unknown>[]): Promise<void> {
  const headers = { authorization: 'Bearer the-token', 'content-type': 'application/json' };
  const body = JSON.stringify(records);
  const answer = await fetch(`${api.url}/data/test/applications`, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
}

test('after empty all is sent, also where others have stored as many records since', async () => {
  const before = await api.stored();
  expect(await service.run('empty', 'visits', '--yes')).toMatchObject({ code: 0 });
  await store(before.map(({ _timestamp }, index) => ({ _id: `other-${index}`, _timestamp, note: 'theirs' })));
  expect(await run()).toMatchObject([{ records: 2, unchanged: 0 }]);
  expect(await notes()).toEqual(['ours', 'ours', 'theirs', 'theirs']);
});

test('after send all is sent, also where it has stored other versions of the same records', async () => {
  const other = (await api.stored()).map(({ _id, _timestamp }) => ({ _id, _timestamp, note: 'theirs' }));
  service.workplace.write('records.json', JSON.stringify(other));
  expect(await service.run('send', '--data-set', 'test/applications', 'records.json')).toMatchObject({
    code: 0,
  });
  expect(await notes()).toEqual(['theirs', 'theirs']);
  expect(await run()).toMatchObject([{ records: 2, unchanged: 0 }]);
  expect(await notes()).toEqual(['ours', 'ours']);
});
