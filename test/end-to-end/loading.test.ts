import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, createDatabase, type TestDatabase } from '../support/databases.ts';
import { type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';
import { Workplace } from '../support/program.ts';

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
    const [messages, loaded = ''] = stderr.split('\nLOADED ');
    expect(code, messages).toBe(0);
    return JSON.parse(loaded);
  } finally {
    workplace.remove();
  }
}

/** Packages are folders, or files of what is built. */
const has = ({ files }: Loaded, name: string) =>
  files.some((file) => file.includes(`/node_modules/${name}/`) || file.endsWith(`/dist/${name}.js`));

/** Packages that take long to load, or much memory. */
const LARGE = ['better-sqlite3', 'fastify', 'knex', 'mysql2', 'pg', 'undici', 'yaml', 'zod'];

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
