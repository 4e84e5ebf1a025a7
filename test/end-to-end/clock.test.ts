import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';
import { Workplace } from '../support/program.ts';
import { RunningDaemon } from '../support/running-daemon.ts';

const SET_CLOCK = pathToFileURL(resolve(import.meta.dirname, '../support/set-clock.mjs')).href;
const HOUR = 3_600_000;

let api: FaultyServer;
let workplace: Workplace;
let database: TestDatabase;
let environment: Readonly<Record<string, string>>;
let daemon: RunningDaemon | undefined;

beforeEach(async () => {
  api = await startFaultyServer();
  workplace = new Workplace();
  database = await createDatabase('better-sqlite3');
  environment = { NODE_OPTIONS: `--import=${SET_CLOCK}`, SET_CLOCK: join(workplace.folder, 'clock') };
  workplace.write(
    'config.yaml',
    `write_api: { url: "${api.url}" }
databases: { source: { client: better-sqlite3, connection: { filename: "${database.url}" } } }
http: { listen: "127.0.0.1:0" }
`,
  );
  const job = (mode: string) => `database: source
schedule: "*/2 * * * * *"
data_set: { data_group: test, data_type: ${mode}, token: the-token }
`;
  workplace.write(
    'collectors/waiting.yaml',
    `${job('waiting')}snapshot: { period: hour }
query: SELECT 1 AS number
record: { id: [_timestamp] }
`,
  );
  workplace.write(
    'collectors/visits.yaml',
    `${job('visits')}window: { period: hour, lookback: 0, start: ${new Date(Date.now() - 24 * HOUR).toISOString().slice(0, 10)} }
query: "SELECT datetime(:from) AS hour, 1 AS number WHERE :from < :to"
record: { timestamp: hour, id: [_timestamp] }
`,
  );
});

afterEach(async () => {
  daemon?.child.kill('SIGKILL');
  await daemon?.ended;
  daemon = undefined;
  await database.drop();
  await api.close();
  workplace.remove();
});

const ahead = (milliseconds: number) => writeFileSync(join(workplace.folder, 'clock'), String(milliseconds));

const start = () => new RunningDaemon(workplace, [], environment);

/** The next run of a job that begins after the runs known. */
async function runOf(from: RunningDaemon, job: string) {
  const known = from.lines('PPDB-0103').length;
  return from.line('PPDB-0103', (line) => line.job === job && from.lines('PPDB-0103').indexOf(line) >= known);
}

test.each([12, -12])(
  'a clock that is %i hours wrong and put right stops no job',
  { timeout: 120_000 },
  async (hours) => {
    daemon = start();
    const { http } = await daemon.line('PPDB-0001');
    await runOf(daemon, 'waiting');
    ahead(hours * HOUR);
    await runOf(daemon, 'waiting');
    await runOf(daemon, 'visits');
    ahead(0);
    const warning = await daemon.line('PPDB-0010');
    await runOf(daemon, 'waiting');
    await runOf(daemon, 'visits');
    expect(daemon.lines('PPDB-0010')).toHaveLength(1);
    const [from, to] = [Date.parse(String(warning.from)), Date.parse(String(warning.to))];
    expect(Math.abs(from - to - 12 * HOUR)).toBeLessThan(60_000);
    const jobs = await (await fetch(`${http}/api/jobs`)).json();
    expect(jobs.jobs).toHaveLength(2);
    for (const { next_run } of jobs.jobs) expect(Date.parse(next_run)).toBeLessThan(Date.now() + 60_000);
    expect(await collectedTo()).toBeLessThanOrEqual(Date.now());
  },
);

test('a restart after the clock was put right goes on at once, and says what is recorded', {
  timeout: 120_000,
}, async () => {
  ahead(12 * HOUR);
  daemon = start();
  await runOf(daemon, 'visits');
  daemon.child.kill('SIGKILL');
  await daemon.ended;
  ahead(0);
  daemon = start();
  await daemon.line('PPDB-0010');
  await runOf(daemon, 'visits');
  await runOf(daemon, 'waiting');
  expect(await collectedTo()).toBeLessThanOrEqual(Date.now());
  const { stdout } = await workplace.run(['jobs', '--json'], { environment });
  expect(JSON.parse(stdout)).toHaveLength(2);
  for (const { next_runs } of JSON.parse(stdout))
    expect(Date.parse(next_runs[0])).toBeLessThan(Date.now() + 60_000);
});

/** Where the window job stands. */
async function collectedTo(): Promise<number> {
  const { stdout } = await workplace.run(['state', 'show', 'visits', '--json'], { environment });
  return Date.parse([JSON.parse(stdout)].flat()[0].collected_to);
}
