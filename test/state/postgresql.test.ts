import { once } from 'node:events';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { explainFailures, isPassing } from '../../src/state/postgresql/failures.ts';
import { MIGRATIONS } from '../../src/state/postgresql/migrations.ts';
import { hasServer } from '../support/databases.ts';
import { resultOf, stepOf } from './examples.ts';
import { openPlace } from './open-place.ts';
import { dropDatabasesAfterwards, leaseOf, newDatabase, opened } from './open-state.ts';

dropDatabasesAfterwards();

describe.runIf(hasServer('postgresql'))('a state in a PostgreSQL database', () => {
  test('is made once when several processes start at the same moment', async () => {
    const { url, execute } = await newDatabase('postgresql');
    const states = await Promise.all(Array.from({ length: 5 }, () => opened(url)));
    expect(await Promise.all(states.map((state) => state.jobs()))).toEqual([[], [], [], [], []]);
    expect(await execute('SELECT version FROM pp_db_collector.state_version')).toEqual([
      [String(MIGRATIONS.length)],
    ]);
  });

  test('is refused when a newer version wrote it, and left alone', async () => {
    const { url, execute } = await newDatabase('postgresql');
    await (await openPlace(url)).close();
    await execute('UPDATE pp_db_collector.state_version SET version = 999');
    await expect(openPlace(url)).rejects.toThrow(
      `the schema pp_db_collector of the state database was written by a newer pp-db-collector (version 999 of the state, this one knows ${MIGRATIONS.length})`,
    );
  });

  test('is refused where the schema holds something else, which stays', async () => {
    const { url, execute } = await newDatabase('postgresql');
    await execute('CREATE SCHEMA pp_db_collector');
    await execute('CREATE TABLE pp_db_collector.invoices (number int)');
    await expect(openPlace(url)).rejects.toThrow(
      'the state database has a schema pp_db_collector that is not a state of pp-db-collector',
    );
    expect(await execute('SELECT count(*) FROM pp_db_collector.invoices')).toEqual([['0']]);
  });

  test('needs a schema that is the user’s own, and no other right', async () => {
    const { url, execute } = await newDatabase('postgresql');
    const role = `role_${new URL(url).pathname.slice(1)}`;
    await execute(`CREATE ROLE ${role} LOGIN`);
    onTestFinished(async () => void (await execute(`DROP OWNED BY ${role}; DROP ROLE ${role}`)));
    const own = new URL(url);
    own.username = role;
    await expect(openPlace(own.href)).rejects.toMatchObject({
      side: 'config',
      message: expect.stringContaining('the user lacks a right'),
      remedy: expect.stringContaining('CREATE SCHEMA pp_db_collector AUTHORIZATION'),
    });
    await execute(`CREATE SCHEMA pp_db_collector AUTHORIZATION ${role}`);
    const state = await opened(own.href);
    await leaseOf(state);
    await state.acknowledged('a', await state.beginRun('a', 1), stepOf({ progress: { collectedTo: 9 } }));
    expect(await state.progressOf('a')).toEqual({ collectedTo: 9 });
  });

  test('is worked with by a user who may only change rows, once it is made', async () => {
    const { url, execute } = await newDatabase('postgresql');
    await (await openPlace(url)).close();
    const role = `rows_${new URL(url).pathname.slice(1)}`;
    await execute(`CREATE ROLE ${role} LOGIN`);
    onTestFinished(async () => void (await execute(`DROP OWNED BY ${role}; DROP ROLE ${role}`)));
    await execute(`GRANT USAGE ON SCHEMA pp_db_collector TO ${role}`);
    await execute(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pp_db_collector TO ${role}`);
    const own = new URL(url);
    own.username = role;
    const state = await opened(own.href);
    await leaseOf(state);
    const snapshot = await state.beginPending('a', 1);
    await state.discardPending(snapshot);
    expect(await state.jobs()).toEqual([]);
  });

  test('says which right the user lacks', async () => {
    const { url, execute } = await newDatabase('postgresql');
    await (await openPlace(url)).close();
    const role = `less_${new URL(url).pathname.slice(1)}`;
    await execute(`CREATE ROLE ${role} LOGIN`);
    onTestFinished(async () => void (await execute(`DROP OWNED BY ${role}; DROP ROLE ${role}`)));
    await execute(`GRANT USAGE ON SCHEMA pp_db_collector TO ${role}`);
    const own = new URL(url);
    own.username = role;
    await expect(openPlace(own.href)).rejects.toThrow(
      'cannot be used: the user lacks a right: permission denied for table state_version',
    );
  });

  test('takes a connection that the server ended while it was idle for one that is lost', async () => {
    const { url } = await newDatabase('postgresql');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    client.on('error', () => undefined);
    const ended = once(client, 'error');
    await client.query("SET idle_session_timeout = '1ms'");
    const [error] = await ended;
    expect(isPassing(error)).toBe(true);
    expect(explainFailures('here')(error)).toMatchObject({
      message: 'the state database here cannot be used: the server has ended a connection that was idle',
      remedy: expect.stringContaining('idle_session_timeout'),
    });
  });

  test('tells replicas which of their two schemas is wrong', async () => {
    const { execute } = await newDatabase('postgresql');
    const queue = 'pp_db_collector_queue';
    const explained = async (statement: string) => {
      const error = await execute(statement).catch((error: unknown) => error);
      return explainFailures('here', queue)(error);
    };
    expect(await explained(`SELECT FROM ${queue}.job`)).toMatchObject({
      message: expect.stringContaining(`the schema ${queue}, or a table in it, is gone`),
      remedy: expect.stringMatching(/^Restart pp-db-collector, which makes a new one; nothing is lost/),
    });
    expect(await explained('SELECT FROM pp_db_collector.runs')).toMatchObject({
      message: expect.stringContaining('the schema pp_db_collector, or a table in it, is gone'),
      remedy: expect.stringMatching(/^Put back a backup/),
    });
    expect(await explained('SET ROLE pg_monitor; CREATE SCHEMA other')).toMatchObject({
      message: expect.stringMatching(/the user lacks a right: permission denied for database/),
      remedy: expect.stringContaining(`CREATE SCHEMA ${queue} AUTHORIZATION`),
    });
  });

  test('says that it is read-only, and damages nothing', async () => {
    const { url, execute } = await newDatabase('postgresql');
    const state = await opened(url, { patience: 0 });
    const database = new URL(url).pathname.slice(1);
    await execute(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    onTestFinished(async () => {
      await execute(`BEGIN READ WRITE; ALTER DATABASE ${database} RESET ALL; COMMIT`);
    });
    const reader = await opened(url, { patience: 0 });
    await expect(reader.takeLease('a')).rejects.toMatchObject({
      side: 'source',
      message: expect.stringContaining('cannot be used: it is read-only'),
    });
    expect(await state.jobs()).toEqual([]);
  });

  test('gives every run a number of its own, whoever begins them at the same moment', async () => {
    const { url } = await newDatabase('postgresql');
    const states = await Promise.all([opened(url), opened(url)]);
    const begun = states.flatMap((state, index) =>
      Array.from({ length: 20 }, (_, number) => state.beginRun(`job-${index}-${number}`, 1)),
    );
    const numbers = await Promise.all(begun);
    expect([...numbers].sort((one, other) => one - other)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
  });

  test('keeps texts with a zero character, which the database has no room for', async () => {
    const { url } = await newDatabase('postgresql');
    const state = await opened(url);
    const run = await state.beginRun('a', 1);
    await state.endRun(run, resultOf({ failure: { side: 'source', message: 'a\0b', remedy: undefined } }));
    expect((await state.runs({ limit: 1 }))[0]?.failure?.message).toBe('a\uFFFDb');
  });
});

describe.runIf(hasServer('postgresql'))('a lease in a PostgreSQL database', () => {
  test('goes to one of two processes that ask at the same moment, 50 times', async () => {
    const { url } = await newDatabase('postgresql');
    const states = await Promise.all([opened(url), opened(url)]);
    for (let round = 0; round < 50; round++) {
      const answers = await Promise.all(states.map((state) => state.takeLease('a')));
      expect(answers.map(({ kind }) => kind).sort()).toEqual(['busy', 'lease']);
      await Promise.all(answers.map((answer) => answer.kind === 'lease' && answer.release()));
    }
  });

  test('is busy for others, who learn who has it, and free when that one is closed', async () => {
    const { url } = await newDatabase('postgresql');
    const [mine, other] = [await opened(url), await opened(url)];
    await leaseOf(mine);
    const busy = { kind: 'busy', holder: expect.stringContaining(`process ${process.pid} on host`) };
    expect(await other.takeLease('a')).toMatchObject(busy);
    expect(await other.holderOf('a')).toMatchObject(busy);
    await mine.close();
    await leaseOf(other);
  });

  test('goes by the clock of the server, whatever those of processes say', async () => {
    const { url } = await newDatabase('postgresql');
    const mine = await opened(url, { now: () => 0 });
    const other = await opened(url, { now: () => 9e12 });
    await leaseOf(mine);
    expect((await other.takeLease('a')).kind).toBe('busy');
  });
});
