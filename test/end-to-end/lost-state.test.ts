import { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { type FaultyServer, STORED, startFaultyServer } from '../support/faulty-server.ts';
import { Workplace } from '../support/program.ts';
import { RunningDaemon } from '../support/running-daemon.ts';

/** Milliseconds; the machine may be busy with other tests. */
const PATIENCE = { timeout: 20_000, interval: 100 };

let api: FaultyServer;
let database: TestDatabase;
let workplace: Workplace;

beforeEach(async () => {
  api = await startFaultyServer();
  api.otherwise(STORED);
  database = await createDatabase('better-sqlite3');
  await database.execute('create table visits (day date)');
  workplace = new Workplace();
  mkdirSync(join(workplace.folder, 'state'));
  workplace.write(
    'config.yaml',
    `write_api: { url: "${api.url}" }
databases: { service: { client: better-sqlite3, connection: { filename: "${database.url}" } } }
state: { file: state/collector.sqlite }
http: { listen: 127.0.0.1:0 }
`,
  );
  workplace.write(
    'collectors/visits.yaml',
    `database: service
schedule: "* * * * * *"
data_set: { data_group: test, data_type: visits, token: the-token }
snapshot: { period: day }
query: SELECT count(*) AS count FROM visits
record: { id: [_timestamp] }
`,
  );
});

afterEach(async () => {
  await api.close();
  await database.drop();
  workplace.remove();
});

const inFolder = (name: string) => join(workplace.folder, name);

/** A daemon that runs its job each second and has done so once. */
async function startDaemon() {
  const daemon = new RunningDaemon(workplace);
  onTestFinished(() => void daemon.child.kill('SIGKILL'));
  const { http } = await daemon.line('PPDB-0001');
  await daemon.line('PPDB-0103');
  const health = async () => {
    const answer = await fetch(`${http}/healthz`);
    return `${answer.status} ${(await answer.text()).trim()}`;
  };
  expect(await health()).toBe('200 ok');
  return { daemon, health };
}

test('a state whose folder is moved stops all runs, and the daemon goes on when it is back', async () => {
  const { daemon, health } = await startDaemon();
  renameSync(inFolder('state'), inFolder('moved'));
  const reason = `the state file ${inFolder('state/collector.sqlite')} was removed or moved while it was in use`;
  expect(await daemon.line('PPDB-0030')).toMatchObject({
    level: 50,
    reason,
    remedy: expect.stringContaining('Put it back'),
  });
  expect(await daemon.line('PPDB-0104', ({ reason: why }) => why === reason)).toMatchObject({
    side: 'config',
  });
  expect(await health()).toBe(`503 ${reason}`);
  renameSync(inFolder('moved'), inFolder('state'));
  const { time } = await daemon.line('PPDB-0031');
  await daemon.line('PPDB-0103', (line) => String(line.time) > String(time));
  expect(await health()).toBe('200 ok');
  daemon.child.kill('SIGTERM');
  expect((await daemon.ended).code).toBe(143);
}, 60_000);

test('a state that was removed, or has another one in its place, is not gone on with', async () => {
  const { daemon, health } = await startDaemon();
  copyFileSync(inFolder('state/collector.sqlite'), inFolder('copy'));
  for (const suffix of ['', '-wal', '-shm']) rmSync(inFolder(`state/collector.sqlite${suffix}`));
  await daemon.line('PPDB-0030');
  const requests = api.requests.length;
  expect(await health()).toMatch(/^503 .* was removed or moved/);
  renameSync(inFolder('copy'), inFolder('state/collector.sqlite'));
  await vi.waitFor(
    async () => expect(await health()).toMatch(/^503 another file was put in the place/),
    PATIENCE,
  );
  const failed = daemon.lines('PPDB-0104').length;
  await daemon.line('PPDB-0104', (line) => daemon.lines('PPDB-0104').indexOf(line) >= failed);
  expect(api.requests.length).toBe(requests);
  daemon.child.kill('SIGTERM');
  expect((await daemon.ended).code).toBe(143);
  const { code } = await workplace.run(['run', 'visits']);
  expect(code).toBe(0);
}, 60_000);
