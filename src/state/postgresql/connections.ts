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

/** For people. */
export const placeOf = ({ host, port, user, database = user }: StateAddress): string =>
  `${host}:${port}/${database}`;

export interface PoolSettings {
  readonly connections: number;
  /** Milliseconds for a statement; longer than the server's own time-out, which comes first unless it is not there. */
  readonly statementTimeout: number;
  /** What the server calls the connections. */
  readonly name: string;
}

/** Transactions are short, so that a few connections are enough for many jobs. */
const OF_STATE: PoolSettings = {
  connections: 4,
  statementTimeout: 40_000,
  name: 'pp-db-collector state',
};
/** Milliseconds to wait for a connection. */
const CONNECT_TIMEOUT = 10_000;
const IDLE_TIMEOUT = 30_000;
/** OID of `bigint`, which all numbers here are far below the end of. */
const BIGINT = 20;

/**
 * Connections that a pooler may stand behind: no setting and no statement outlives its transaction. Connects to nothing
 * yet; a connection that is lost fails what runs on it and is replaced.
 *
 * @param address read anew for each connection for its password, which may have been rotated
 */
export function poolOf(address: () => StateAddress, settings = OF_STATE): pg.Pool {
  const { host, port, user, database = user, ssl } = address();
  const pool = new pg.Pool({
    ...{ host, port, user, database, ssl },
    // A function, because pg looks elsewhere for a password that is empty.
    password: () => address().password,
    sslnegotiation: 'postgres',
    max: settings.connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    idleTimeoutMillis: IDLE_TIMEOUT,
    query_timeout: settings.statementTimeout,
    keepAlive: true,
    application_name: settings.name,
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
