import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import type { Spelling } from './events.ts';
import { MYSQL, POSTGRESQL, SQLITE } from './spellings.ts';

export type Product = 'postgresql' | 'mariadb' | 'mysql' | 'sqlite';

export const TITLES: Readonly<Record<Product, string>> = {
  postgresql: 'PostgreSQL',
  mariadb: 'MariaDB',
  mysql: 'MySQL',
  sqlite: 'SQLite',
};

/** A database of the benchmark's own. */
export interface BenchDatabase {
  /** knex's name of its driver, which is also that of the configuration. */
  readonly client: 'pg' | 'mysql2' | 'better-sqlite3';
  /** A URL with the name of the database; for SQLite the path of the file. */
  readonly url: string;
  readonly spelling: Spelling;
  execute(statements: readonly string[]): Promise<void>;
  /** Has the server write down and count what is new, so that it does not do so while it is measured. */
  settle(table: string): Promise<void>;
  drop(): Promise<void>;
}

/** @param server its URL; for SQLite the folder of the file */
export async function createBenchDatabase(product: Product, server: string): Promise<BenchDatabase> {
  const name = `bench_${randomUUID().slice(0, 8)}`;
  if (product === 'sqlite') return createSqlite(join(server, `${name}.sqlite`));
  const [client, run] =
    product === 'postgresql' ? (['pg', onPostgresql] as const) : (['mysql2', onMysql] as const);
  await run(server, [`CREATE DATABASE ${name}${client === 'mysql2' ? ' CHARACTER SET utf8mb4' : ''}`]);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  return {
    client,
    url,
    spelling: client === 'pg' ? POSTGRESQL : MYSQL,
    execute: (statements) => run(url, statements),
    settle: (table) =>
      run(url, client === 'pg' ? [`VACUUM ANALYZE ${table}`, 'CHECKPOINT'] : [`ANALYZE TABLE ${table}`]),
    drop: () => run(server, [`DROP DATABASE IF EXISTS ${name}${client === 'pg' ? ' WITH (FORCE)' : ''}`]),
  };
}

function createSqlite(file: string): BenchDatabase {
  const database = new Database(file);
  const execute = async (statements: readonly string[]) => {
    for (const statement of statements) database.exec(statement);
  };
  return {
    client: 'better-sqlite3',
    url: file,
    spelling: SQLITE,
    execute,
    settle: () => execute(['ANALYZE']),
    // The file lies in the folder of the run, which is removed as a whole.
    drop: async () => void database.close(),
  };
}

async function onPostgresql(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function onMysql(url: string, statements: readonly string[]): Promise<void> {
  const connection = await createConnection(url);
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    await connection.end();
  }
}
