import type { Pool } from 'pg';

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
export async function connectPostgresql(url: string, schema: string): Promise<Pool> {
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
      await client.query(`SET search_path = ${schema}; SET timezone = 'UTC'; ${DURABLE}`);
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
