import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Client, createDatabase, type TestDatabase } from '../support/databases.ts';
import { type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';
import { Workplace } from '../support/program.ts';
import { RunningDaemon } from '../support/running-daemon.ts';

/** Writes which files, and which modules of Node.js, the process has loaded as the last line of standard error. */
const REPORT_LOADING = `
  import { registerHooks } from 'node:module';
  const files = [];
  registerHooks({ load: (url, context, next) => { if (url.startsWith('file:')) files.push(url); return next(url, context); } });
  process.on('exit', () => {
    const builtin = process.moduleLoadList.filter((name) => name.startsWith('NativeModule ')).map((name) => name.slice(13));
    process.stderr.write('\\nLOADED ' + JSON.stringify({ files, builtin }));
  });
`;

interface Loaded {
  readonly files: readonly string[];
  /** The modules of Node.js, its internal ones as well. */
  readonly builtin: readonly string[];
}

let api: FaultyServer;
beforeAll(async () => {
  api = await startFaultyServer();
  api.otherwise(() => ({ status: 200, body: { status: 'ok' } }));
});
afterAll(() => api.close());

/** In a folder of its own, with these files. */
async function loadedBy(
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<Loaded> {
  const workplace = new Workplace();
  try {
    for (const [name, text] of Object.entries(files)) workplace.write(name, text);
    const { code, stderr } = await workplace.run(args, { preload: REPORT_LOADING });
    expect(code, stderr).toBe(0);
    return loadedIn(stderr);
  } finally {
    workplace.remove();
  }
}

const loadedIn = (stderr: string): Loaded => JSON.parse(stderr.split('\nLOADED ')[1] ?? '');

/** Packages are folders, or files of what is built. */
const has = ({ files }: Loaded, name: string) =>
  files.some((file) => file.includes(`/node_modules/${name}/`) || file.endsWith(`/dist/${name}.js`));

/** Packages that take long to load, or much memory. */
const LARGE = ['better-sqlite3', 'fastify', 'knex', 'mysql2', 'pg', 'pg-boss', 'undici', 'yaml', 'zod'];

/**
 * Modules of Node.js that nothing here uses, but that an `import` of `node:fs` or `node:http` loads for an export of theirs;
 * that only compress; and that only a terminal needs. 20 MB together.
 */
const FOR_NOBODY = ['internal/fs/streams', 'internal/deps/undici/undici', 'zlib', 'readline'];

const VISITS = `database: source
data_set: { data_group: test, data_type: visits, token: the-token }
window: { period: day, start: 2015-01-01, max_periods: 100000 }
query: SELECT seen_at, number FROM visits WHERE seen_at >= :from AND seen_at < :to
record: { timestamp: seen_at, id: [number] }
`;

test('--help loads the commands and nothing that they use', async () => {
  const loaded = await loadedBy(['--help']);
  expect(LARGE.filter((name) => has(loaded, name))).toEqual([]);
  expect(loaded.files.length).toBeLessThan(15);
  expect(FOR_NOBODY.filter((name) => loaded.builtin.includes(name))).toEqual([]);
});

describe.each<readonly [Client, readonly string[], readonly string[]]>([
  ['pg', ['pg'], ['mysql2', 'fastify']],
  ['mysql2', ['mysql2'], ['pg', 'fastify']],
  ['better-sqlite3', [], ['knex', 'pg', 'mysql2', 'fastify']],
])('of %s', (client, needed, others) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase(client);
    await database.execute('CREATE TABLE visits (seen_at timestamp, number int)');
    await database.execute("INSERT INTO visits VALUES ('2015-01-01 12:00:00', 1)");
  });
  afterAll(() => database.drop());

  test('a run loads its own driver, and no other, in few files', async () => {
    const connection =
      client === 'better-sqlite3' ? `{ filename: "${database.url}" }` : JSON.stringify(database.url);
    const loaded = await loadedBy(['run', 'visits'], {
      'config.yaml': `write_api: { url: "${api.url}" }
databases: { source: { client: ${client}, connection: ${connection} } }
`,
      'collectors/visits.yaml': VISITS,
    });
    expect(needed.filter((name) => !has(loaded, name))).toEqual([]);
    expect(others.filter((name) => has(loaded, name))).toEqual([]);
    expect(FOR_NOBODY.filter((name) => loaded.builtin.includes(name))).toEqual([]);
    expect(loaded.files.length).toBeLessThan(240);
  });
});

test('a daemon that has nothing to do yet loads neither drivers nor the client of the write API', async () => {
  const workplace = new Workplace();
  onTestFinished(() => workplace.remove());
  workplace.write(
    'config.yaml',
    `write_api: { url: "${api.url}" }
databases: { source: { client: pg, connection: "postgres://collector@db.invalid/visits" } }
http: { listen: 127.0.0.1:0 }
`,
  );
  workplace.write('collectors/visits.yaml', `schedule: "0 6 1 1 *"\n${VISITS}`);
  const daemon = new RunningDaemon(workplace, [], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(REPORT_LOADING)}`,
  });
  await daemon.line('PPDB-0001');
  daemon.child.kill('SIGTERM');
  const { code, stderr } = await daemon.ended;
  expect(code, stderr).toBe(143);
  const loaded = loadedIn(stderr);
  expect(
    ['knex', 'pg', 'pg-boss', 'shared-engine', 'mysql2', 'undici'].filter((name) => has(loaded, name)),
  ).toEqual([]);
  // It compresses what it sends, sooner or later.
  const forNobody = FOR_NOBODY.filter((name) => name !== 'zlib');
  expect(forNobody.filter((name) => loaded.builtin.includes(name))).toEqual([]);
  expect(loaded.files.length).toBeLessThan(500);
});
