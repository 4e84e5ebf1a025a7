import type { Client, Pool } from 'pg';
import { StoreError } from '../store.ts';
import { explainStoreFailure } from './failures.ts';

/** Eight of them may read at the same time. */
const CONNECTIONS = 12;
/** Milliseconds to wait for a connection. */
const CONNECT_TIMEOUT = 10_000;
/** Milliseconds for one statement; longer than any sender waits. */
const STATEMENT_TIMEOUT = 60_000;

/**
 * A pool of connections that commit durably and see the tables of `schema` only. Connects to nothing yet; a
 * connection that is lost fails what runs on it and is replaced.
 */
async function connectPostgresql(url: string, schema: string): Promise<Pool> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    statement_timeout: STATEMENT_TIMEOUT,
    // The server's own time-out comes first, unless the server is not there any more.
    query_timeout: STATEMENT_TIMEOUT + CONNECT_TIMEOUT,
    keepAlive: true,
    application_name: 'pp-db-collector serve',
    client_encoding: 'UTF8',
    onConnect: async (client) => {
      await client.query(`SET search_path = ${schema}; SET timezone = 'UTC'; ${DURABLE}; ${TAKE_COUNTER}`);
    },
  });
  // The pool drops an idle connection that is lost; without a listener the process would end.
  pool.on('error', () => undefined);
  return pool;
}

/** Raises a weaker setting of the server or user; leaves a stronger one, which waits for standbys too. */
const DURABLE =
  "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', " +
  "'local')";

/** The first key of the locks that say "this counter is taken": any number that nobody else uses ("ppct"). */
const COUNTERS = 0x70706374;

/**
 * Gives a connection rows of its own in `changes`, for as long as it is there: those that write at the same time need
 * not wait for each other to count.
 */
const TAKE_COUNTER = `
  SELECT set_config('pp_db_collector.counter', counter::text, false) FROM (
    SELECT counter FROM generate_series(0, 9999) AS counter
    WHERE pg_try_advisory_lock(${COUNTERS}, counter) LIMIT 1
  ) AS free`;

/** Everything of the write API lives in a schema of its own, so that it can share a database. */
const SCHEMA = 'pp_db_collector_write_api';

/** Says "only one process at a time prepares the schema": any number that nobody else uses ("ppwa"). */
const PREPARING = 0x70707761;

/**
 * The schema, version by version: entry n leads from version n to n + 1. Entries are never changed once released,
 * only added. There is no foreign key, whose check of every record would cost a fifth of the speed: data sets are
 * never removed.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE data_sets (
     key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     name text NOT NULL UNIQUE
   );
   CREATE SEQUENCE batches;
   CREATE TABLE records (
     data_set integer NOT NULL,
     id text COLLATE "C" NOT NULL,
     timestamp text COLLATE "C" NOT NULL,
     updated_at text NOT NULL,
     position bigint NOT NULL, -- grows in the order in which records first came
     json text NOT NULL, -- not jsonb, which writes numbers and keys anew
     PRIMARY KEY (data_set, id)
   );
   CREATE INDEX records_by_timestamp ON records (data_set, timestamp, position);`,
  // How often something changed in each month of a data set, its year and month as a record's timestamp begins.
  // Nothing is ever taken away. The database counts by itself, so that nobody can forget to.
  `CREATE TABLE changes (
     data_set integer NOT NULL,
     month text COLLATE "C" NOT NULL,
     counter integer NOT NULL,
     count bigint NOT NULL,
     PRIMARY KEY (data_set, month, counter)
   ) WITH (fillfactor = 50);
   CREATE TABLE month_tallies (
     data_set integer NOT NULL,
     definition text COLLATE "C" NOT NULL,
     month text COLLATE "C" NOT NULL,
     version text NOT NULL,
     tallies text NOT NULL,
     PRIMARY KEY (data_set, definition, month)
   );
   CREATE FUNCTION count_changes() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     INSERT INTO ${SCHEMA}.changes AS known
     SELECT DISTINCT data_set, substr(timestamp, 1, 7),
       coalesce(nullif(current_setting('pp_db_collector.counter', true), ''), '-1')::integer, 1
     FROM changed_records
     ON CONFLICT (data_set, month, counter) DO UPDATE SET count = known.count + 1;
     RETURN NULL;
   END $$;
   CREATE TRIGGER record_comes AFTER INSERT ON records
     REFERENCING NEW TABLE AS changed_records FOR EACH STATEMENT EXECUTE FUNCTION count_changes();
   CREATE TRIGGER record_leaves AFTER DELETE ON records
     REFERENCING OLD TABLE AS changed_records FOR EACH STATEMENT EXECUTE FUNCTION count_changes();
   CREATE TRIGGER record_was_otherwise AFTER UPDATE ON records
     REFERENCING OLD TABLE AS changed_records FOR EACH STATEMENT EXECUTE FUNCTION count_changes();
   CREATE TRIGGER record_is_otherwise AFTER UPDATE ON records
     REFERENCING NEW TABLE AS changed_records FOR EACH STATEMENT EXECUTE FUNCTION count_changes();
   -- Only now: the triggers keep out those who write, until there is everything.
   INSERT INTO changes SELECT DISTINCT data_set, substr(timestamp, 1, 7), -1, 1 FROM records`,
  // When records were last stored, beside the count, where nobody waits for anybody. Of what is removed it is no later.
  `LOCK TABLE records IN SHARE ROW EXCLUSIVE MODE;
   ALTER TABLE changes ADD COLUMN updated_at text COLLATE "C";
   UPDATE changes SET updated_at = stored.updated_at FROM (
     SELECT data_set, substr(timestamp, 1, 7) AS month, max(updated_at COLLATE "C") AS updated_at
     FROM records GROUP BY 1, 2
   ) AS stored WHERE changes.data_set = stored.data_set AND changes.month = stored.month;
   CREATE OR REPLACE FUNCTION count_changes() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     INSERT INTO ${SCHEMA}.changes AS known
     SELECT data_set, substr(timestamp, 1, 7),
       coalesce(nullif(current_setting('pp_db_collector.counter', true), ''), '-1')::integer, 1,
       max(updated_at COLLATE "C")
     FROM changed_records GROUP BY 1, 2
     ON CONFLICT (data_set, month, counter) DO UPDATE
     SET count = known.count + 1, updated_at = greatest(known.updated_at, excluded.updated_at);
     RETURN NULL;
   END $$`,
  // When somebody last said that what is kept for a definition is wanted.
  `CREATE TABLE wanted_tallies (
     data_set integer NOT NULL,
     definition text COLLATE "C" NOT NULL,
     wanted_at text COLLATE "C" NOT NULL,
     PRIMARY KEY (data_set, definition)
   )`,
  // The same of each day, so that not all of a month has to be read again. The months stay, as there are few enough of
  // them to be added up for each reader.
  `LOCK TABLE records IN SHARE ROW EXCLUSIVE MODE;
   ALTER TABLE month_tallies ADD COLUMN days text;
   CREATE TABLE day_changes (
     data_set integer NOT NULL,
     day text COLLATE "C" NOT NULL,
     counter integer NOT NULL,
     count bigint NOT NULL,
     PRIMARY KEY (data_set, day, counter)
   ) WITH (fillfactor = 50);
   INSERT INTO day_changes SELECT DISTINCT data_set, substr(timestamp, 1, 10), -1, 1 FROM records;
   CREATE OR REPLACE FUNCTION count_changes() RETURNS trigger LANGUAGE plpgsql AS $$
   DECLARE
     own integer := coalesce(nullif(current_setting('pp_db_collector.counter', true), ''), '-1');
   BEGIN
     WITH days AS MATERIALIZED (
       SELECT data_set, substr(timestamp, 1, 10) AS day, max(updated_at COLLATE "C") AS updated_at
       FROM changed_records GROUP BY 1, 2
     ), counted AS (
       INSERT INTO ${SCHEMA}.day_changes AS known
       SELECT data_set, day, own, 1 FROM days
       ON CONFLICT (data_set, day, counter) DO UPDATE SET count = known.count + 1
     )
     INSERT INTO ${SCHEMA}.changes AS known
     SELECT data_set, substr(day, 1, 7), own, 1, max(updated_at) FROM days GROUP BY 1, 2
     ON CONFLICT (data_set, month, counter) DO UPDATE
     SET count = known.count + 1, updated_at = greatest(known.updated_at, excluded.updated_at);
     RETURN NULL;
   END $$`,
];

/**
 * Connects to the database and creates or renews the tables of the write API. Throws StoreError when it is not there,
 * refuses the login, or holds something else in the place of the tables.
 *
 * @param url `postgres://user:password@host:port/database`; never repeated in a message
 */
export async function openPostgresql(url: string): Promise<Pool> {
  const pool = await connectPostgresql(url, SCHEMA);
  try {
    const client = await pool.connect();
    try {
      await prepare(client);
    } finally {
      client.release(true);
    }
    return pool;
  } catch (error) {
    await pool.end();
    throw error instanceof StoreError ? error : explainStoreFailure(error, url);
  }
}

/** In one transaction: a process that is killed on the way leaves nothing behind. */
async function prepare(client: Pick<Client, 'query'>): Promise<void> {
  await client.query('BEGIN');
  await client.query('SELECT pg_advisory_xact_lock($1)', [PREPARING]);
  if (!(await hasSchema(client))) await client.query(`CREATE SCHEMA ${SCHEMA}`);
  const version = await versionOf(client);
  if (version > MIGRATIONS.length)
    throw new StoreError(
      `the schema ${SCHEMA} of the database was written by a newer pp-db-collector`,
      'Run the newer pp-db-collector.',
    );
  if (version < MIGRATIONS.length) {
    if (version === 0) await client.query('CREATE TABLE write_api_version (version integer NOT NULL)');
    for (const migration of MIGRATIONS.slice(version)) await client.query(migration);
    await client.query('DELETE FROM write_api_version');
    await client.query('INSERT INTO write_api_version VALUES ($1)', [MIGRATIONS.length]);
  }
  await client.query('COMMIT');
}

async function hasSchema(client: Pick<Client, 'query'>): Promise<boolean> {
  const { rows } = await client.query('SELECT FROM pg_namespace WHERE nspname = $1', [SCHEMA]);
  return rows.length > 0;
}

/** 0 in a schema that holds nothing yet: an administrator may have made it for a user who may not. */
async function versionOf(client: Pick<Client, 'query'>): Promise<number> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT relname AS name FROM pg_class WHERE relnamespace = $1::regnamespace',
    [SCHEMA],
  );
  if (rows.length === 0) return 0;
  if (!rows.some(({ name }) => name === 'write_api_version')) throw foreign();
  const versions = await client.query<{ version: number }>('SELECT version FROM write_api_version');
  return versions.rows[0]?.version ?? 0;
}

const foreign = () =>
  new StoreError(
    `the database has a schema ${SCHEMA} that is not the write API's`,
    'Rename that schema, or set storage.url to another database.',
  );
