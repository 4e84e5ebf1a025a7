import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { Workplace } from '../support/program.ts';

/** Milliseconds; the machine may be busy with other tests. */
const PATIENCE = { timeout: 60_000, interval: 50 };

let workplace: Workplace;
let file: string;

beforeEach(() => {
  workplace = new Workplace();
  file = `${workplace.folder}/service.sqlite`;
  const database = new Database(file);
  database.exec('create table visits (day date); insert into visits values (1)');
  database.close();
  workplace.write(
    'collectors/visits.yaml',
    `database: service
data_set: { data_group: test, data_type: visits, token: the-token }
snapshot: { period: day }
query: |
  WITH RECURSIVE numbers (n) AS (SELECT count(*) FROM visits UNION ALL SELECT n + 1 FROM numbers) SELECT count(*) AS count FROM numbers
record: { id: [_timestamp] }
`,
  );
});

afterEach(() => {
  workplace.remove();
});

/** Starts a run whose one statement never ends; resolves when SQLite is at it. */
async function startRun(queryTimeout: string) {
  workplace.write(
    'config.yaml',
    `write_api: { url: "http://127.0.0.1:9" }
databases: { service: { client: better-sqlite3, connection: { filename: service.sqlite }, query_timeout: ${queryTimeout} } }
`,
  );
  const { child, ended } = workplace.start(['run', '--all']);
  onTestFinished(() => void child.kill('SIGKILL'));
  await vi.waitUntil(isLocked, PATIENCE);
  const [reader] = childrenOf(child.pid);
  if (reader === undefined) throw new Error('no process reads the file');
  onTestFinished(() => {
    if (isRunning(reader)) process.kill(reader, 'SIGKILL');
  });
  return { child, ended, reader };
}

/** Whether somebody reads the file, so that nobody can commit to it. */
function isLocked(): boolean {
  const writer = new Database(file, { timeout: 0 });
  try {
    writer.exec('begin exclusive; rollback');
    return false;
  } catch {
    return true;
  } finally {
    writer.close();
  }
}

const processes = () =>
  execFileSync('ps', ['-e', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state = 'Z']) => !state.startsWith('Z'))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));

const childrenOf = (parent: number | undefined) =>
  processes()
    .filter((each) => each.parent === parent)
    .map(({ pid }) => pid);

const isRunning = (pid: number) => processes().some((each) => each.pid === pid);

test('a collector that is killed in the midst of a statement takes its reader with it', async () => {
  const { child, ended, reader } = await startRun('1h');
  child.kill('SIGKILL');
  await ended;
  await vi.waitUntil(() => !isRunning(reader) && !isLocked(), PATIENCE);
  rmSync(file);
}, 150_000);

test('query_timeout ends a statement while the collector is suspended, and then the run', async () => {
  const { child, ended, reader } = await startRun('2s');
  child.kill('SIGSTOP');
  await vi.waitUntil(() => !isRunning(reader) && !isLocked(), PATIENCE);
  child.kill('SIGCONT');
  const { code, stderr } = await ended;
  expect(code).toBe(4);
  expect(stderr).toContain('the query took longer than query_timeout (2 s) and was cancelled');
}, 150_000);
