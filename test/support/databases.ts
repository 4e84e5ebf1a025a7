import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createConnection } from 'mysql2';
import pg from 'pg';
import { inject } from 'vitest';
import type { DatabaseSection } from '../../src/config/schema/config-schema.ts';
import { Secret } from '../../src/config/secret.ts';
import type { ServerName } from './servers.ts';

export type Client = DatabaseSection['client'];

/** The databases on which what every database must do is tested, with knex's names of their drivers. */
export const PRODUCTS = {
  postgresql: 'pg',
  'postgresql-18': 'pg',
  pgbouncer: 'pg',
  mariadb: 'mysql2',
  mysql: 'mysql2',
  sqlite: 'better-sqlite3',
} as const satisfies Readonly<Record<ServerName | 'sqlite', Client>>;

export type Product = keyof typeof PRODUCTS;

/** Whether these tests have such a server; `npm run test:quick` has only those that answer already. */
export const hasServer = (name: ServerName): boolean => inject('servers').includes(name);

/** Each that these tests have, with its driver, for `describe.each`. */
export const ALL_PRODUCTS = (Object.entries(PRODUCTS) as [Product, Client][]).filter(
  ([product]) => product === 'sqlite' || hasServer(product),
);

/** Those that are servers. */
export const SERVERS = ALL_PRODUCTS.filter(
  (each): each is [ServerName, ServerClient] => each[0] !== 'sqlite',
);

export type ServerClient = Exclude<Client, 'better-sqlite3'>;

/** A database of one's own on a real server, or a file of one's own. */
export interface TestDatabase {
  readonly settings: DatabaseSection;
  /** A URL with user and database; for SQLite the path of the file. */
  readonly url: string;
  /** Runs one statement as an administrator; every value as text. */
  execute(sql: string): Promise<(string | null)[][]>;
  drop(): Promise<void>;
}

const DEFAULTS = {
  timezone: 'UTC',
  max_connections: 2,
  connect_timeout: 5_000,
  query_timeout: 10_000,
} as const;

const USUAL: Readonly<Record<Client, Product>> = {
  pg: 'postgresql',
  mysql2: 'mariadb',
  'better-sqlite3': 'sqlite',
};

/**
 * @param product or a driver, for a database that it is usually tested with
 * @param server URL of a server to use instead of the usual one
 */
export async function createDatabase(product: Product | Client, server?: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const wanted = product in USUAL ? USUAL[product as Client] : (product as Product);
  if (wanted === 'sqlite') return createSqlite(name);
  if (wanted === 'pgbouncer') return behind(server ?? (await urlOf(wanted)), name);
  const url = server ?? (await urlOf(wanted));
  return PRODUCTS[wanted] === 'pg' ? createPostgresql(name, url) : createMysql(name, url);
}

/** A database of PostgreSQL, with which only its administrator does not go through the pooler. */
async function behind(pooler: string, name: string): Promise<TestDatabase> {
  const database = await createPostgresql(name, await urlOf('postgresql'));
  const url = withDatabase(pooler, name);
  return { ...database, url, settings: { ...database.settings, connection: new Secret(() => url) } };
}

async function urlOf(server: ServerName): Promise<string> {
  const response = await fetch(`${inject('serverDesk')}/${server}`);
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return answer;
}

async function createPostgresql(name: string, server: string): Promise<TestDatabase> {
  await onPostgresql(server, `create database ${name}`);
  const url = withDatabase(server, name);
  return {
    url,
    settings: { ...DEFAULTS, client: 'pg', connection: new Secret(() => url) },
    execute: (sql) => onPostgresql(url, sql),
    drop: async () => {
      await onPostgresql(server, `drop database if exists ${name} with (force)`);
    },
  };
}

async function onPostgresql(url: string, text: string): Promise<(string | null)[][]> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => String } });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query({ text, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

async function createMysql(name: string, server: string): Promise<TestDatabase> {
  await onMysql(server, `create database ${name} character set utf8mb4`);
  const url = withDatabase(server, name);
  return {
    url,
    settings: { ...DEFAULTS, client: 'mysql2', connection: new Secret(() => url) },
    execute: (sql) => onMysql(url, sql),
    drop: async () => {
      await onMysql(server, `drop database if exists ${name}`);
    },
  };
}

async function onMysql(uri: string, sql: string): Promise<(string | null)[][]> {
  const connection = createConnection({ uri });
  try {
    return await new Promise((resolve, reject) => {
      connection.on('error', reject);
      connection.query({ sql, rowsAsArray: true, typeCast: (field) => field.string() }, (error, rows) =>
        error ? reject(error) : resolve(Array.isArray(rows) ? (rows as unknown as string[][]) : []),
      );
    });
  } finally {
    connection.end();
  }
}

async function createSqlite(name: string): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
  const filename = join(folder, `${name}.sqlite`);
  const database = new Database(filename);
  return {
    url: filename,
    settings: { ...DEFAULTS, client: 'better-sqlite3', connection: { filename } },
    execute: async (sql) => {
      const statement = database.prepare(sql);
      if (statement.reader) return statement.raw().all() as (string | null)[][];
      statement.run();
      return [];
    },
    drop: async () => {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
