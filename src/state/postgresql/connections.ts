import pg from 'pg';

/** Where the database is and how to log in. */
export interface StateAddress {
  /** A path stands for the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string | undefined;
  /** False: not encrypted. */
  readonly ssl: false | { readonly ca: string | undefined; readonly rejectUnauthorized: boolean };
}

/** Transactions are short, so that a few are enough for many jobs. */
const CONNECTIONS = 4;
/** Milliseconds to wait for a connection. */
const CONNECT_TIMEOUT = 10_000;
const IDLE_TIMEOUT = 30_000;
/** Milliseconds for a statement; longer than the server's own time-out, which comes first unless it is not there. */
const STATEMENT_TIMEOUT = 40_000;
/** OID of `bigint`, which all numbers here are far below the end of. */
const BIGINT = 20;

/**
 * Connections that a pooler may stand behind: no setting and no statement outlives its transaction. Connects to nothing
 * yet; a connection that is lost fails what runs on it and is replaced.
 *
 * @param address read anew for each connection for its password, which may have been rotated
 */
export function poolOf(address: () => StateAddress): pg.Pool {
  const { host, port, user, database = user, ssl } = address();
  const pool = new pg.Pool({
    ...{ host, port, user, database, ssl },
    // A function, because pg looks elsewhere for a password that is empty.
    password: () => address().password,
    sslnegotiation: 'postgres',
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    idleTimeoutMillis: IDLE_TIMEOUT,
    query_timeout: STATEMENT_TIMEOUT,
    keepAlive: true,
    application_name: 'pp-db-collector state',
    client_encoding: 'UTF8',
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === BIGINT ? Number : pg.types.getTypeParser(oid, format),
    },
  });
  // What runs on a lost connection fails and says so; without listeners the process would end.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
