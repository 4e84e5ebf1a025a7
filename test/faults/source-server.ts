import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { startMariadb } from '../support/private-mariadb.ts';
import { startMysql } from '../support/private-mysql.ts';
import { startPgbouncer } from '../support/private-pgbouncer.ts';
import { startPostgresql } from '../support/private-postgresql.ts';
import type { PrivateServer } from '../support/private-server.ts';
import { CLIENTS, type Database } from './fault-kinds.ts';
import { connectMysql, connectPostgresql, connectSqlite, type Session } from './session.ts';

/** A database server of the harness's own, or none for SQLite; every episode gets a database of its own on it. */
export interface SourceServer {
  readonly database: Database;
  readonly server: PrivateServer | undefined;
  /** @param folder where a SQLite file goes */
  create(name: string, folder: string): Promise<Source>;
  stop(): Promise<void>;
}

/** The database of one episode, as an administrator reaches it: past the proxy. */
export interface Source {
  /** The driver by knex's name. */
  readonly client: (typeof CLIENTS)[Database];
  /** Its port is the one at which the collector is let in. */
  readonly server: PrivateServer | undefined;
  /** The `connection` of config.yaml, by way of the proxy's port. */
  connection(port: number): string;
  /**
   * Starts the pooler again where it has ended by itself, as a service manager would; gives whether it had.
   * PgBouncer 1.18 and 1.19 may end while a statement is cancelled.
   */
  revivePooler(): Promise<boolean>;
  /** SQLite: what config.yaml names, a link to the file. */
  readonly link: string | undefined;
  /** SQLite: the file itself. */
  readonly file: string | undefined;
  /** A new session; throws when the server does not answer. */
  connect(): Promise<Session>;
  drop(): Promise<void>;
}

/** Runs something in a session of its own. */
export async function using<Result>(
  source: Source,
  action: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await source.connect();
  try {
    return await action(session);
  } finally {
    await session.close();
  }
}

interface Started {
  readonly server: PrivateServer;
  readonly pooler?: PrivateServer;
}

const START: Readonly<Record<Exclude<Database, 'better-sqlite3'>, () => Promise<Started>>> = {
  pg: async () => ({ server: await startPostgresql() }),
  pgbouncer: async () => {
    const server = await startPostgresql();
    return { server, pooler: await startPgbouncer(server.url) };
  },
  mariadb: async () => ({ server: await startMariadb({ survivesKill: true }) }),
  mysql: async () => ({ server: await startMysql({ survivesKill: true }) }),
};

export async function startSourceServer(database: Database): Promise<SourceServer> {
  if (database === 'better-sqlite3')
    return { database, server: undefined, create: sqliteFile, stop: async () => undefined };
  // What a client was told to be committed must survive a kill of the server, or the source itself would lose rows.
  const { server, pooler } = await START[database]();
  const client = CLIENTS[database];
  const isPostgresql = client === 'pg';
  const [connect, scheme] = isPostgresql
    ? ([connectPostgresql, 'postgres://postgres'] as const)
    : ([connectMysql, 'mysql://root'] as const);
  return {
    database,
    server,
    create: async (name) => {
      const administer = async (sql: string) => {
        const session = await connect(server.url);
        await session.query(sql).finally(() => session.close());
      };
      await administer(`CREATE DATABASE ${name}${isPostgresql ? '' : ' CHARACTER SET utf8mb4'}`);
      return {
        client,
        server: pooler === undefined ? server : { ...server, port: pooler.port },
        connection: (port) => JSON.stringify(`${scheme}@127.0.0.1:${port}/${name}`),
        revivePooler: async () => {
          if (pooler?.hasEnded() !== true) return false;
          await pooler.restart();
          return true;
        },
        link: undefined,
        file: undefined,
        connect: () => connect(`${scheme}@127.0.0.1:${server.port}/${name}`),
        drop: () => administer(`DROP DATABASE ${name}${isPostgresql ? ' WITH (FORCE)' : ''}`),
      };
    },
    stop: async () => {
      await pooler?.stop();
      await server.stop();
    },
  };
}

async function sqliteFile(name: string, folder: string): Promise<Source> {
  mkdirSync(folder, { recursive: true });
  const [file, link] = [join(folder, `${name}.sqlite`), join(folder, `${name}-link.sqlite`)];
  const session = await connectSqlite(file);
  await session.query('PRAGMA journal_mode = WAL');
  await session.close();
  symlinkSync(file, link);
  return {
    client: 'better-sqlite3',
    server: undefined,
    connection: () => JSON.stringify({ filename: link }),
    revivePooler: async () => false,
    link,
    file,
    connect: () => connectSqlite(file),
    drop: async () => undefined,
  };
}
