import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { commandAs, requireOtherUsers, runAs, type User } from '../support/other-users.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SQLITE = join(ROOT, 'node_modules/better-sqlite3/lib/index.js');
const GROUP = 5_000;
const OWNER: User = { uid: 4_001, gid: 4_001, groups: [GROUP] };
const READER: User = { uid: 4_002, gid: 4_002, groups: [GROUP] };
const STRANGER: User = { uid: 4_003, gid: 4_003 };
const SUPERUSER: User = { uid: 0, gid: 0 };

let base: string;
let folder: string;
let file: string;

beforeAll(requireOtherUsers);

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'side-files-'));
  chmodSync(base, 0o755);
  folder = join(base, 'data');
  file = join(folder, 'service.sqlite');
  mkdirSync(folder);
  chownSync(folder, OWNER.uid, GROUP);
});

afterEach(() => {
  rmSync(base, { recursive: true });
});

const asOwner = (code: string) =>
  runAs(OWNER, `import Database from '${SQLITE}'; const database = new Database('${file}'); ${code}`);

/** A database of the owner, closed. */
function create(folderMode: number, fileMode: number, journal = 'wal'): void {
  chmodSync(folder, 0o700);
  asOwner(`database.pragma('journal_mode = ${journal}'); database.exec('create table visits (n)');
    database.exec('insert into visits values (1)'); database.close();`);
  chownSync(file, OWNER.uid, GROUP);
  chmodSync(file, fileMode);
  chmodSync(folder, folderMode);
}

/** What the collector reads as that user: rows, or the message and the remedy of its error. */
function read(user: User, path = file): { rows?: unknown[]; message?: string; remedy?: string } {
  return JSON.parse(
    runAs(
      user,
      `import { createSource } from '${join(ROOT, 'src/sources/create-source.ts')}';
      const source = createSource('service', { client: 'better-sqlite3', connection: { filename: '${path}' },
        timezone: 'UTC', max_connections: 1, connect_timeout: 5_000, query_timeout: 60_000 });
      const query = { sql: 'select n from visits', parameters: {}, applicationName: 'test' };
      try {
        const rows = [];
        const result = await source.open(query, new AbortController().signal);
        for await (const batch of result.batches) rows.push(...batch.rows().flat());
        console.log(JSON.stringify({ rows }));
      } catch ({ message, remedy }) {
        console.log(JSON.stringify({ message, remedy }));
      }`,
    ),
  );
}

/** The application that owns the database goes on; gives the number of its rows. */
const write = () =>
  Number(
    asOwner(`database.exec('insert into visits values (2)');
      console.log(database.prepare('select count(*) from visits').pluck().get()); database.close();`),
  );

const files = () => readdirSync(folder).sort();

const WOULD_LOCK_OUT = `is in WAL mode and no program has it open, so that reading it creates the files -wal and -shm beside it, which its owner (user ${OWNER.uid}) could not use then`;

describe('a database in WAL mode that nobody has open', () => {
  test('is refused before anything is created that its owner could not use', () => {
    create(0o770, 0o640);
    const { message, remedy } = read(READER);
    expect(message).toContain(WOULD_LOCK_OUT);
    expect(remedy).toMatch(/as the user that owns .*chmod g\+rws.*copy/);
    expect(files()).toEqual(['service.sqlite']);
    expect(write()).toBe(2);
  });

  test.each([
    ['the folder passes no group on', 0o770, 0o660],
    ['the group may not write the file', 0o2770, 0o640],
  ])('is refused when %s', (_why, folderMode, fileMode) => {
    create(folderMode, fileMode);
    expect(read(READER).message).toContain(WOULD_LOCK_OUT);
    expect(files()).toEqual(['service.sqlite']);
  });

  test('is read where the folder passes its group on to what is created in it', () => {
    create(0o2770, 0o660);
    expect(read(READER)).toEqual({ rows: [1] });
    expect(write()).toBe(2);
    expect(read(READER)).toEqual({ rows: [1, 2] });
  });

  test.each([
    ['its owner', OWNER],
    ['root, which gives what it creates to the owner', SUPERUSER],
  ])('is read by %s', (_who, user) => {
    create(0o770, 0o640);
    expect(read(user)).toEqual({ rows: [1] });
    expect(write()).toBe(2);
  });

  test('is refused, and everything removed again, where root may give nothing away', () => {
    create(0o777, 0o644);
    expect(read({ ...SUPERUSER, without: 'chown' }).message).toContain(WOULD_LOCK_OUT);
    expect(files()).toEqual(['service.sqlite']);
    expect(write()).toBe(2);
  });

  test('is refused in a folder that may not be written, and its owner is not locked out', () => {
    create(0o755, 0o644);
    const { message, remedy } = read(STRANGER);
    expect(message).toContain('and its folder may not be written here');
    expect(remedy).toContain('read-only disk');
    expect(write()).toBe(2);
  });

  test('is found by way of a symbolic link', () => {
    create(0o770, 0o640);
    const link = join(base, 'link.sqlite');
    runAs(SUPERUSER, `import { symlinkSync } from 'node:fs'; symlinkSync('${file}', '${link}')`);
    expect(read(READER, link).message).toContain(WOULD_LOCK_OUT);
    expect(files()).toEqual(['service.sqlite']);
  });

  test('what an earlier reader has left behind is named', () => {
    create(0o770, 0o640);
    runAs(
      READER,
      `import Database from '${SQLITE}'; new Database('${file}', { readonly: true }).pragma('schema_version')`,
    );
    expect(write).toThrow('unable to open database file');
    const { message, remedy } = read(READER);
    expect(message).toContain(`${file}-wal belongs to the user that runs pp-db-collector`);
    expect(remedy).toContain(`remove ${file}-wal and ${file}-shm`);
  });
});

/** Has the owner open the database, and write to it without closing it; killed with the test at the latest. */
async function openAsOwner(): Promise<{ kill(): Promise<void> }> {
  const [command = '', ...args] = commandAs(OWNER);
  const code = `import Database from '${SQLITE}'; const database = new Database('${file}');
    database.exec('insert into visits values (2)'); console.log('written'); setInterval(() => {}, 1_000);`;
  const child = spawn(command, [...args, process.execPath, '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe('a database in WAL mode with its files beside it', () => {
  test('is read while its owner has it open, and after its owner was killed', async () => {
    create(0o2770, 0o640);
    const owner = await openAsOwner();
    expect(read(READER)).toEqual({ rows: [1, 2] });
    await owner.kill();
    expect(files()).toEqual(['service.sqlite', 'service.sqlite-shm', 'service.sqlite-wal']);
    expect(read(READER)).toEqual({ rows: [1, 2] });
    expect(files().map((name) => statSync(join(folder, name)).uid)).toEqual([4_001, 4_001, 4_001]);
    expect(write()).toBe(3);
  });

  test('is refused when those who write it let its readers not read what is beside it', async () => {
    create(0o770, 0o640);
    await openAsOwner();
    const { message, remedy } = read(READER);
    expect(message).toContain(`stands in ${file}-wal first, which this user may not read`);
    expect(remedy).toContain('chmod g+rws on the folder');
  });

  test('is refused when one of them is gone, and nothing of the other is lost', async () => {
    create(0o2770, 0o640);
    await (await openAsOwner()).kill();
    rmSync(`${file}-shm`);
    expect(read(READER).message).toContain(WOULD_LOCK_OUT);
    expect(files()).toEqual(['service.sqlite', 'service.sqlite-wal']);
    expect(write()).toBe(3);
  });
});

test('a change that was cut off in a database without WAL is told as that', async () => {
  create(0o770, 0o640, 'delete');
  const [command = '', ...args] = commandAs(OWNER);
  const code = `import Database from '${SQLITE}'; const database = new Database('${file}'); database.pragma('cache_size = 1');
    database.exec('begin; create table big (x)'); for (let n = 0; n < 200; n++) database.exec('insert into big values (randomblob(4000))');
    process.kill(process.pid, 'SIGKILL');`;
  await once(spawn(command, [...args, process.execPath, '--input-type=module', '-e', code]), 'exit');
  const { message, remedy } = read(READER);
  expect(message).toContain('ended in the midst of it, and only one that may write can undo that');
  expect(remedy).toContain('Let the program that owns it open it once');
  expect(write()).toBe(2);
  expect(read(READER)).toEqual({ rows: [1, 2] });
});
