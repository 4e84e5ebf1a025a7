import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FaultyServer, STORED, startFaultyServer } from '../support/faulty-server.ts';
import { Workplace } from '../support/program.ts';

const DAYS = 24;

let place: Workplace;
let api: FaultyServer;

beforeEach(async () => {
  place = new Workplace();
  api = await startFaultyServer();
  const database = new Database(`${place.folder}/t.sqlite`);
  database.exec('CREATE TABLE t (day DATE, count INTEGER)');
  for (let day = 1; day <= DAYS; day++) {
    database.prepare('INSERT INTO t VALUES (?, 1)').run(`2015-01-${String(day).padStart(2, '0')}`);
  }
  database.close();
  place.write(
    'config.yaml',
    `write_api: { url: "${api.url}" }
databases: { t: { client: better-sqlite3, connection: { filename: t.sqlite } } }
`,
  );
  place.write(
    'collectors/visits.yaml',
    `database: t
data_set: { data_group: group, data_type: type, token: token-of-the-test }
window: { period: day, max_periods: 1 }
query: SELECT day, count FROM t WHERE day >= :from_date AND day < :to_date
record: { timestamp: day, id: [_timestamp] }
`,
  );
});

afterEach(async () => {
  await api.close();
  place.remove();
});

const printed = async (...args: string[]) => (await place.run(args)).stdout;
const json = async (...args: string[]) => JSON.parse(await printed(...args, '--json'));

test('how far a run of another process is, is told while it runs, and no longer once it is killed', async () => {
  api.script(...Array.from({ length: 7 }, () => STORED), { fault: 'hang' });
  const { child, ended } = place.start(['run', 'visits', '--from', '2015-01-01', '--to', '2015-01-25']);
  await api.seen(8);

  expect(await printed('history')).toMatch(/visits +running +– +7 +0 .*7 of 24 windows/);
  expect(await json('history', 'visits')).toMatchObject([
    { job: 'visits', outcome: 'running', ended_at: null, records: 7, work: { done: 7, owed: 24 } },
  ]);
  expect(await json('history', '--failed')).toEqual([]);
  expect(await printed('jobs')).toContain('running: 7 of 24 windows');
  expect(await json('jobs')).toMatchObject([{ running: { work: { unit: 'window', done: 7, owed: 24 } } }]);
  expect(await printed('state', 'show', 'visits')).toMatch(/run by +process \d+ on host .*7 of 24 windows/);

  child.kill('SIGKILL');
  await ended;
  expect(await printed('history')).not.toContain('running');
  expect(await json('jobs')).toMatchObject([{ running: null }]);
});
