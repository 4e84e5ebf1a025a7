import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { DAY } from '../../src/calendar/durations.ts';
import { Workplace } from '../support/program.ts';
import { type RunningWriteApi, startWriteApi } from '../support/write-api.ts';

/** Milliseconds; the machine may be busy with other tests. */
const PATIENCE = { timeout: 60_000, interval: 50 };

const daysAgo = (days: number) => new Date(Date.now() - days * DAY).toISOString().slice(0, 10);

let api: RunningWriteApi;
let workplace: Workplace;
let service: Database.Database;

beforeEach(async () => {
  api = await startWriteApi();
  workplace = new Workplace();
  service = new Database(`${workplace.folder}/service.sqlite`);
  // While there is a stall, the statement gives its rows and never ends.
  service.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE visits (day date, channel text, number integer);
    CREATE TABLE stall (day date);
    CREATE VIEW seen AS SELECT day, channel, number FROM visits UNION ALL SELECT day, 'none', 0 FROM (
      WITH RECURSIVE numbers (day, n) AS (SELECT day, 1 FROM stall UNION ALL SELECT day, n + 1 FROM numbers)
      SELECT day FROM numbers WHERE n < 0)`);
  const insert = service.prepare("INSERT INTO visits VALUES (?, 'web', 400)");
  for (let days = 35; days >= 1; days--) insert.run(daysAgo(days));
  workplace.write(
    'config.yaml',
    `write_api: { url: "${api.url}" }
databases: { service: { client: better-sqlite3, connection: { filename: service.sqlite } } }
`,
  );
  workplace.write(
    'collectors/visits.yaml',
    `data_set: { data_group: test, data_type: applications, token: the-token }
window: { period: day, lookback: 3, start: ${daysAgo(35)} }
timezone: UTC
query: SELECT day, channel, number FROM seen WHERE day >= :from_date AND day < :to_date
record: { timestamp: day, id: [_timestamp, channel] }
expect: { change: { measure: number, at_most: 50% }, on_violation: hold }
`,
  );
});

afterEach(async () => {
  service.close();
  workplace.remove();
  await api.close();
});

/** How many batches wait in the state. */
function waiting(): number {
  const state = new Database(`${workplace.folder}/state/collector.sqlite`, { readonly: true });
  try {
    return state.prepare('SELECT count(*) FROM pending_batches').pluck().get() as number;
  } finally {
    state.close();
  }
}

const webYesterday = async () =>
  (await api.stored()).find(
    ({ _timestamp, channel }) => String(_timestamp).startsWith(daysAgo(1)) && channel === 'web',
  )?.number;

test('a run that is killed while a window waits has sent nothing of it, and leaves nothing to the next', async () => {
  expect(await workplace.run(['run', 'visits'])).toMatchObject({ code: 0 });
  const long = service.prepare('INSERT INTO visits VALUES (?, ?, 0)');
  service.transaction(() => {
    for (let each = 0; each < 20_000; each++) long.run(daysAgo(1), `${each}${'x'.repeat(1_000)}`);
  })();
  service.exec(`UPDATE visits SET number = 3 WHERE day = '${daysAgo(1)}' AND channel = 'web'`);
  service.exec(`INSERT INTO stall VALUES ('${daysAgo(1)}')`);
  const { child, ended } = workplace.start(['run', 'visits']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await vi.waitUntil(() => waiting() > 0, PATIENCE);
  child.kill('SIGKILL');
  await ended;
  expect(waiting()).toBeGreaterThan(0);
  expect(await api.stored()).toHaveLength(35);

  service.exec('DELETE FROM stall');
  const held = await workplace.run(['run', 'visits']);
  expect(held.code).toBe(8);
  expect(held.stderr).toContain(`the sum of number of ${daysAgo(1)} is 3, where 400 is usual`);
  expect(waiting()).toBe(0);
  expect(await webYesterday()).toBe(400);

  expect(await workplace.run(['run', 'visits', '--accept'])).toMatchObject({ code: 0 });
  expect(await webYesterday()).toBe(3);
  expect(await api.stored()).toHaveLength(20_035);
  expect(await workplace.run(['run', 'visits'])).toMatchObject({ code: 0 });
}, 300_000);

test('--accept is refused where nothing is held back, and for all jobs at once', async () => {
  const all = await workplace.run(['run', '--all', '--accept']);
  expect(all).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("cannot be used with option '--all'"),
  });
  workplace.write(
    'collectors/other.yaml',
    `data_set: { data_group: test, data_type: other, token: the-token }
window: { period: day }
query: SELECT day, channel FROM seen WHERE day >= :from_date AND day < :to_date
`,
  );
  const other = await workplace.run(['run', 'visits', 'other', '--accept']);
  expect(other).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('other holds nothing back by expect.change'),
  });
});
