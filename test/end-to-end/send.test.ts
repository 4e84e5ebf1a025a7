import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FaultyServer, type Reply, startFaultyServer } from '../support/faulty-server.ts';
import { type Ended, Workplace } from '../support/program.ts';
import { startWriteApi } from '../support/write-api.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
const TOKEN = 'bearer-token-123';
const RECORD = '{"_id": "a",\n "_timestamp": "2015-01-01", "name": "Zoë \\u00eb", "count": 1.50}\n';
const FAILED: Reply = { status: 500, body: 'try "later"' };

let server: FaultyServer;
let workplace: Workplace;

beforeEach(async () => {
  server = await startFaultyServer();
  workplace = new Workplace();
  workplace.write('records.json', RECORD);
});

afterEach(async () => {
  workplace.remove();
  await server.close();
});

const address = () => `${server.url}/data/test/applications`;
const toServer = (...args: string[]) => [
  'send',
  '--url',
  address(),
  '--token',
  TOKEN,
  '--sleep',
  '0',
  ...args,
];
const send = (...args: string[]) => workplace.run(toServer(...args, 'records.json'));

async function sendPiped(
  input: string | Buffer,
  args: readonly string[],
): Promise<Pick<Ended, 'code' | 'stderr'>> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['pipe', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, stderr };
}

describe('send posts', () => {
  test('a file byte by byte as it is, with the headers of the write API, and says nothing', async () => {
    expect(await send()).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(server.requests).toMatchObject([
      { method: 'POST', path: '/data/test/applications', text: RECORD },
    ]);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(RECORD)),
    });
    expect(server.requests[0]?.headers).not.toHaveProperty('content-encoding');
  });

  test.each([[[]], [['-']]])('standard input, bytes that are no text included: %j', async (names) => {
    const bytes = Buffer.from([0x22, 0xff, 0x00, 0x0d, 0x0a, 0x22]);
    expect(await sendPiped(bytes, toServer(...names))).toEqual({ code: 0, stderr: '' });
    expect(server.requests[0]?.bytes).toEqual(bytes);
  });

  test('records that the write API stores', async () => {
    const api = await startWriteApi();
    const { code } = await workplace.run([
      ...['send', '--url', `${api.url}/data/test/applications`, '--token=the-token', 'records.json'],
    ]);
    expect({ code, stored: await api.stored() }).toMatchObject({
      code: 0,
      stored: [{ _id: 'a', name: 'Zoë ë' }],
    });
    await api.close();
  });

  test('to a data set of the configuration, with its url and token', async () => {
    workplace.write(
      'config.yaml',
      `write_api: { url: "${server.url}/prefix/" }\ndatabases: { service: { client: better-sqlite3, connection: { filename: a.sqlite } } }\n`,
    );
    workplace.write(
      'collectors/visits.yaml',
      `database: service
data_set: { data_group: test, data_type: applications, token: ${TOKEN} }
snapshot: { period: day }
query: SELECT 1 AS id
record: { id: [id] }
`,
    );
    expect(await workplace.run(['send', '--data-set', 'test/applications', 'records.json'])).toMatchObject({
      code: 0,
    });
    expect(server.requests).toMatchObject([
      { path: '/prefix/data/test/applications', headers: { authorization: `Bearer ${TOKEN}` }, text: RECORD },
    ]);
    expect(await workplace.run(['send', '--data-set', 'test/aplications', 'records.json'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean test/applications?'),
    });
  });
});

describe('send tries again', () => {
  test('three times unless told otherwise, whatever the answer was', async () => {
    server.script(FAILED, { status: 400, body: 'no' });
    expect(await send()).toMatchObject({
      code: 0,
      stderr: `Unable to send to backdrop. Server responded with 500. Error: try "later".
Retrying...
Unable to send to backdrop. Server responded with 400. Error: no.
Retrying...
`,
    });
    expect(server.requests.map(({ text }) => text)).toEqual([RECORD, RECORD, RECORD]);
  });

  test('as often as --attempts says, and ends with the last failure', async () => {
    server.script(FAILED, FAILED);
    expect((await send('--attempts', '2')).code).toBe(8);
    server.script(FAILED, FAILED, FAILED);
    expect((await send('--attempts', '4')).code).toBe(0);
    expect(server.requests).toHaveLength(6);
  });

  test('not at all with --failfast, whatever --attempts says', async () => {
    server.script(FAILED);
    expect(await send('--failfast', '--attempts', '5')).toMatchObject({
      code: 8,
      stderr: expect.not.stringContaining('Retrying'),
    });
    expect(server.requests).toHaveLength(1);
  });

  test('after --sleep seconds', async () => {
    const times: number[] = [];
    server.otherwise(() => {
      times.push(performance.now());
      return FAILED;
    });
    await send('--sleep', '0.7', '--attempts', '2');
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(690);
  });
});

describe('send ends', () => {
  test.each([401, 403])('with 4 at %i, and shows no token that the answer repeats', async (status) => {
    server.otherwise({ status, body: { message: `bad token '${TOKEN}'` } });
    const { code, stderr } = await send('--attempts', '1');
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: 'Unable to send to backdrop. Unauthorised: check your access token.\n',
    });
  });

  test.each([302, 400, 404, 413, 500])(
    'with 8 at %i, with the answer but without the token',
    async (status) => {
      server.otherwise({
        status,
        headers: { location: '/' },
        body: `<p>${TOKEN} and ${encodeURIComponent(TOKEN)}</p>`,
      });
      expect(await send('--failfast')).toMatchObject({
        code: 8,
        stderr: `Unable to send to backdrop. Server responded with ${status}. Error: <p><secret> and <secret></p>.\n`,
      });
      expect(server.requests).toHaveLength(1);
    },
  );

  test('with 0 at any 2xx', async () => {
    server.otherwise({ status: 202, body: 'taken' });
    expect((await send()).code).toBe(0);
  });

  test.each(['http://127.0.0.1:1/data/a/b', 'https://nowhere.invalid/data/a/b'])(
    'with 16 when %s cannot be reached',
    async (url) => {
      const { code, stderr } = await workplace.run([
        ...['send', '--url', url, '--token', TOKEN, '--failfast', 'records.json'],
      ]);
      expect(code).toBe(16);
      expect(stderr).toMatch(/^Unable to send to backdrop\. Connection error\.\n {2}\S.*\n$/);
    },
  );

  test.each(['reset-before-body', 'reset-after-body', 'broken-status-line', 'half-answer'] as const)(
    'with 16 at %s',
    async (fault) => {
      server.otherwise({ fault });
      expect(await send('--attempts', '2')).toMatchObject({
        code: 16,
        stderr: expect.stringMatching(
          /^(?:Unable to send to backdrop\. Connection error\.\n {2}.*\n(?:Retrying\.\.\.\n)?){2}$/,
        ),
      });
    },
  );

  test.each(['hang', 'half-answer-then-hang'] as const)(
    'with 32 after --timeout seconds of %s',
    async (fault) => {
      server.otherwise({ fault });
      const start = performance.now();
      const { code, stderr } = await send('--timeout', '0.5', '--failfast');
      expect(code).toBe(32);
      expect(stderr).toMatch(/^Unable to send to backdrop\. Request timeout\.\n/);
      expect(performance.now() - start).toBeGreaterThan(490);
    },
  );
});

describe('send ends with 2 and sends nothing', () => {
  test.each([
    ['without input', [], 'No input provided'],
    ['for a file that is not there', ['nothing.json'], 'the file "nothing.json" cannot be read (ENOENT)'],
    ['for attempts that are no number', ['--attempts', '0', 'records.json'], 'a whole number, 1 or more'],
    ['for a time-out of no time', ['--timeout', '0', 'records.json'], 'seconds above 0'],
    ['with --data-set beside --url', ['--data-set', 'a/b', 'records.json'], 'does not go together'],
    ['for a token with a line break', ['--token', 'a\nb', 'records.json'], 'characters that no token has'],
    ['for an address that is none', ['--url', 'localhost', 'records.json'], 'not an http or https address'],
  ])('%s', async (_what, args, message) => {
    const { code, stderr } = await workplace.run(toServer(...args));
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
    expect(stderr).not.toContain(TOKEN);
    expect(server.requests).toEqual([]);
  });

  test.each([
    ['--url', ['--token', TOKEN]],
    ['--token', ['--url', 'http://localhost']],
  ])('without %s', async (flag, args) => {
    expect(await workplace.run(['send', ...args, 'records.json'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${flag} is missing`),
    });
  });
});

test('people are told when a token would travel in the clear', async () => {
  const args = ['send', '--url', 'http://nowhere.invalid/', '--token', TOKEN, '--failfast', 'records.json'];
  expect((await workplace.run(args)).stderr).toContain('the token travels in the clear to nowhere.invalid');
});
