import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';
import { Workplace } from '../support/program.ts';

const place = new Workplace();
let api: FaultyServer;

beforeAll(() => {
  new Database(`${place.folder}/t.sqlite`)
    .exec("CREATE TABLE t (day DATE, count INTEGER); INSERT INTO t VALUES ('2015-01-01', 1)")
    .close();
  place.write(
    'collectors/one.yaml',
    `database: t
schedule: "* * * * *"
data_set: { data_group: group, data_type: type, token: token-of-the-test }
window: { period: day, start: 2015-01-01, max_periods: 1 }
query: SELECT day, count FROM t WHERE day >= :from_date AND day < :to_date
record: { timestamp: day, id: [_timestamp] }
`,
  );
});

afterAll(() => place.remove());

beforeEach(async () => {
  api = await startFaultyServer();
});

afterEach(async () => {
  await api.close();
});

function configure(url: string, writeApi = ''): void {
  place.write(
    'config.yaml',
    `write_api: { url: "${url}"${writeApi} }
databases: { t: { client: better-sqlite3, connection: { filename: t.sqlite } } }
http: { listen: "off" }
`,
  );
}

/**
 * Runs the program until it says something, then stops it. Gives the exit code and the milliseconds that the stop took.
 */
async function stopAt(
  sign: Promise<unknown> | RegExp,
  args: readonly string[],
  signal: 'SIGINT' | 'SIGTERM',
): Promise<{ code: number | null; took: number }> {
  const { child, ended } = place.start(args);
  const said = Promise.withResolvers<void>();
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (more: string) => {
      text += more;
      if (sign instanceof RegExp && sign.test(text)) said.resolve();
    });
  await Promise.race([
    sign instanceof RegExp ? said.promise : sign,
    ended.then((early) => Promise.reject(new Error(`ended early: ${early.stdout}${early.stderr}`))),
  ]);
  const begin = performance.now();
  child.kill(signal);
  const { code } = await ended;
  return { code, took: performance.now() - begin };
}

/** Less than the grace of 5 s, and much more than it takes. */
const AT_ONCE = 4_500;
const RUN = ['run', '--all'];

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('run ends at once at %s', (signal, code) => {
  test('while it waits as long as a 503 asks', async () => {
    api.otherwise({ status: 503, headers: { 'retry-after': '3600' } });
    configure(api.url);
    const stopped = await stopAt(/request is sent again/, RUN, signal);
    expect(stopped.code).toBe(code);
    expect(stopped.took).toBeLessThan(AT_ONCE);
  });

  test('while nobody listens', async () => {
    await api.close();
    configure(api.url, ', retry: { first_delay: 60s, max_delay: 60s }');
    api = await startFaultyServer();
    const stopped = await stopAt(/request is sent again/, RUN, signal);
    expect(stopped.code).toBe(code);
    expect(stopped.took).toBeLessThan(AT_ONCE);
  });

  test('while it connects to somebody who says nothing', async () => {
    const silent = await startSilent();
    configure(`https://127.0.0.1:${silent.port}`);
    const stopped = await stopAt(silent.connected, RUN, signal);
    silent.close();
    expect(stopped.code).toBe(code);
    expect(stopped.took).toBeLessThan(AT_ONCE);
  });
});

test('the daemon ends at once while it waits as long as a 503 asks', { timeout: 120_000 }, async () => {
  api.otherwise({ status: 503, headers: { 'retry-after': '3600' } });
  configure(api.url);
  // The first tick comes within the minute.
  const stopped = await stopAt(/request is sent again/, ['start', '--grace', '60'], 'SIGTERM');
  expect(stopped.code).toBe(143);
  expect(stopped.took).toBeLessThan(30_000);
});

test('what is on its way may still be answered', async () => {
  const arrived = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const slow = await startSlow(arrived, answer.promise);
  configure(`http://127.0.0.1:${slow.port}`);
  const { child, ended } = place.start(RUN);
  await arrived.promise;
  child.kill('SIGTERM');
  setTimeout(answer.resolve, 500);
  expect((await ended).code).toBe(143);
  slow.close();
  const { stdout } = await place.run(['state', 'show', 'one', '--json']);
  expect(JSON.stringify(JSON.parse(stdout))).toContain('"records":1');
});

test('send ends at once between two attempts', async () => {
  api.otherwise({ status: 503 });
  place.write('records.json', '[]');
  const args = ['send', '--url', `${api.url}/data/g/t`, '--token', 'token', '--sleep', '60', 'records.json'];
  const stopped = await stopAt(/Retrying/, args, 'SIGINT');
  expect(stopped.took).toBeLessThan(AT_ONCE);
});

interface Listener {
  readonly port: number;
  readonly connected: Promise<unknown>;
  close(): void;
}

/** Accepts connections, and a TLS client waits for ever. */
async function startSilent(): Promise<Listener> {
  const sockets: Socket[] = [];
  return await listening(
    createServer((socket) => sockets.push(socket.on('error', () => {}).resume())),
    sockets,
  );
}

/** Answers a request as stored when it is told to. */
async function startSlow(arrived: { resolve(): void }, answer: Promise<void>): Promise<Listener> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    socket.once('data', async () => {
      arrived.resolve();
      await answer;
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{"status":"ok"}');
    });
  });
  return await listening(server, sockets);
}

async function listening(server: Server, sockets: readonly Socket[]): Promise<Listener> {
  server.listen(0, '127.0.0.1');
  const connected = once(server, 'connection');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    connected,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
