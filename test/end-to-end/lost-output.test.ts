import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';
import { freePort } from '../support/private-server.ts';
import { ServiceOfVisits } from '../support/service-of-visits.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');

let api: FaultyServer;
let service: ServiceOfVisits;
const children: ReturnType<typeof spawn>[] = [];

beforeEach(async () => {
  api = await startFaultyServer();
  service = await ServiceOfVisits.open(api.url);
  service.writeJob(undefined, 'max_periods: 10000');
  await service.visit(2);
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await service.close();
  await api.close();
});

/** Starts the program; /dev/full is a disk without room. */
function start(args: readonly string[], { stdout = 'pipe', stderr = 'pipe' }: Partial<Outputs> = {}) {
  const target = (output: Output) => (output === 'full' ? openSync('/dev/full', 'w') : output);
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: service.workplace.folder,
    stdio: ['ignore', target(stdout), target(stderr)],
  });
  children.push(child);
  return child;
}

type Output = 'pipe' | 'full';
type Outputs = { readonly stdout: Output; readonly stderr: Output };

async function endOf(child: ReturnType<typeof spawn>): Promise<{ code: number; stderr: string }> {
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = await once(child, 'close');
  return { code, stderr };
}

const ids = (): number[] =>
  api.requests.flatMap(({ text }) => (JSON.parse(text) as { id: number }[]).map(({ id }) => id));

describe('a log that cannot be written', () => {
  test('ends no run: what is owed is delivered', async () => {
    expect((await endOf(start(['run', 'visits'], { stderr: 'full' }))).code).toBe(0);
    expect(ids().sort()).toEqual([1, 2]);
  });

  test('that nobody reads any more ends no run either', async () => {
    const child = start(['run', 'visits', '--log-level', 'trace']);
    child.stderr?.destroy();
    child.stdout?.resume();
    expect((await endOf(child)).code).toBe(0);
    expect(ids().sort()).toEqual([1, 2]);
  });

  test('ends no daemon, which counts the lines that are lost', async () => {
    const port = await freePort();
    service.workplace.write('collectors/defaults.yaml', 'schedule: "* * * * * *"\n');
    service.workplace.write(
      'config.yaml',
      `write_api: { url: "${api.url}" }
databases: { service: { client: better-sqlite3, connection: { filename: ${service.database.url} } } }
http: { listen: "127.0.0.1:${port}" }
`,
    );
    const child = start(['start'], { stderr: 'full' });
    await api.seen(1);
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(Number(/^pp_db_collector_log_lines_lost_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(0);
    child.kill('SIGTERM');
    expect((await endOf(child)).code).toBe(143);
  });

  test('has serve answer that records are stored, because they are', async () => {
    const port = await freePort();
    service.workplace.write(
      'write-api.yaml',
      `listen: 127.0.0.1:${port}\ndata_sets: [{ data_group: test, data_type: visits, token: the-token }]\n`,
    );
    const child = start(['serve'], { stderr: 'full' });
    const address = `http://127.0.0.1:${port}`;
    const answers = () =>
      fetch(`${address}/_status`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await answers())) expect(child.exitCode).toBe(null);
    const answer = await fetch(`${address}/data/test/visits`, {
      method: 'POST',
      headers: { authorization: 'Bearer the-token', 'content-type': 'application/json' },
      body: '[{"_timestamp":"2014-06-01T00:00:00Z","_id":"one","count":1}]',
    });
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ status: 'ok' })]);
    const metrics = await (await fetch(`${address}/metrics`)).text();
    expect(metrics).toMatch(/^pp_write_api_log_lines_lost_total [1-9]\d*$/m);
  });
});

describe('standard output that cannot be written', () => {
  const complaint = expect.stringMatching(
    /^cannot write to standard output: no space left on device\n {2}→ Make room where it goes, .*\n$/,
  );

  test.each([['history', '--json'], ['schema', 'job'], ['check', '--offline'], ['--help'], ['jobs']])(
    'is one sentence and an exit code of its own: %s %s',
    async (...args) => {
      expect(await endOf(start(args, { stdout: 'full' }))).toEqual({ code: 74, stderr: complaint });
    },
  );

  test.each([[['--json']], [['--dry-run']]])('of run %j neither', async (flags) => {
    const args = ['run', 'visits', '--log-level', 'error', ...flags];
    expect(await endOf(start(args, { stdout: 'full' }))).toEqual({ code: 74, stderr: complaint });
    expect(ids().sort()).toEqual(flags.includes('--json') ? [1, 2] : []);
  });

  test('because its reader has seen enough is no failure', async () => {
    const child = start(['schema', 'job']);
    child.stdout?.destroy();
    expect(await endOf(child)).toEqual({ code: 0, stderr: '' });
  });
});
