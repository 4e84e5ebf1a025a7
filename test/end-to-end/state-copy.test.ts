import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { ServiceOfVisits } from '../support/service-of-visits.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

const DAYS = 60;

let api: RunningWriteApi;
let service: ServiceOfVisits;
let database: TestDatabase;

beforeEach(async () => {
  api = await startWriteApi();
  service = await ServiceOfVisits.open(api.url);
  database = await createDatabase('postgresql');
  await service.visit(DAYS);
  service.writeJob(undefined, 'max_periods: 1, lookback: 1');
});

afterEach(async () => {
  await service.close();
  await api.close();
  await database.drop();
});

const keepIn = (state: string) => service.sendTo(api.url, `state: { ${state} }\n`);

/** Runs the job until it has acknowledged some more, and stops it. */
async function runForAWhile(days: number): Promise<void> {
  const before = (await api.stored()).length;
  const { child, ended } = service.workplace.start(['run', 'visits']);
  await vi.waitUntil(async () => (await api.stored()).length >= before + days, { timeout: 20_000 });
  child.kill('SIGTERM');
  expect((await ended).code).toBe(143);
}

const remembered = async () => [
  await service.json('state', 'show'),
  await service.json('history'),
  await service.json('dead-letters', 'list'),
];

test('a state moves to PostgreSQL and back in the midst of a catch-up, and nothing is left out or twice', async () => {
  await runForAWhile(5);
  const inFile = await remembered();
  const to = await service.run('state', 'copy', '--to', database.url);
  expect(to).toMatchObject({ code: 0, stdout: expect.stringContaining('where 1 job stand, 1 run') });
  expect(to.stderr).toContain('  state:\n    url: ${STATE_DATABASE_URL}\n');

  keepIn(`url: "${database.url}"`);
  expect(await remembered()).toEqual(inFile);
  await runForAWhile(5);
  const inDatabase = await remembered();
  const back = await service.run('state', 'copy', '--to', 'state/second.sqlite');
  expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining('where 1 job stand, 2 runs') });
  expect(back.stderr).toContain('  state:\n    file: state/second.sqlite\n');

  keepIn('file: state/second.sqlite');
  expect(await remembered()).toEqual(inDatabase);
  const [before] = inDatabase[0] as [{ collected_to: string }];
  // All the years that are still owed, in a few queries.
  service.writeJob(undefined, 'max_periods: 1000, lookback: 1');
  const { code, stderr } = await service.run('run', 'visits');
  expect(code).toBe(0);
  // It goes on where the last one stopped: lookback has it begin one day before.
  const first = /"window":"([^/]*)\//.exec(stderr)?.[1] ?? '';
  expect(Date.parse(first)).toBeLessThanOrEqual(Date.parse(before.collected_to));
  expect(Date.parse(first)).toBeGreaterThanOrEqual(Date.parse(before.collected_to) - 2 * 86_400_000);
  const rows = await service.database.execute('SELECT day, id FROM visits ORDER BY id');
  const stored = (await api.stored()).map(({ _timestamp, id }) => [String(_timestamp).slice(0, 10), id]);
  expect(stored.sort(([, one], [, other]) => Number(one) - Number(other))).toEqual(rows);
});

test('a state is copied to no place that holds one, unless it is to be replaced', async () => {
  await runForAWhile(3);
  await service.run('state', 'copy', '--to', database.url);
  expect(await service.run('state', 'copy', '--to', database.url)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('the other state is not empty: something was collected with it'),
  });
  expect(await service.run('state', 'copy', '--to', database.url, '--replace')).toMatchObject({ code: 2 });
  const replaced = await service.run('state', 'copy', '--to', database.url, '--replace', '--yes');
  expect(replaced).toMatchObject({ code: 0 });
  expect(replaced.stderr).toContain('will be forgotten');
});

test('a state is not copied while one of its jobs runs', async () => {
  const { child, ended } = service.workplace.start(['run', 'visits']);
  await vi.waitUntil(async () => (await api.stored()).length > 1, { timeout: 20_000 });
  expect(await service.run('state', 'copy', '--to', database.url)).toMatchObject({
    code: 9,
    stderr: expect.stringContaining('has been running the job visits since'),
  });
  child.kill('SIGKILL');
  await ended;
});

test('says what cannot be a place for a state, without its password', async () => {
  const copyTo = (to: string) => service.run('state', 'copy', '--to', to);
  expect((await copyTo('mysql://u:hunter2@h/d')).stderr).toBe(
    '--to: expected a URL such as postgres://user@host/database, or a file\n' +
      '  → Write such a URL, or the path of a file.\n',
  );
  const unencoded = await copyTo('postgres://u:hunter2#3@h/d');
  expect(unencoded).toMatchObject({ code: 2, stderr: expect.stringContaining('write # as %23') });
  expect(unencoded.stderr).not.toContain('hunter2');
  expect((await copyTo('${NOWHERE}')).stderr).toContain('NOWHERE');
  expect(await copyTo('state/collector.sqlite')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is the state that config.yaml names'),
  });
});
