import Database from 'better-sqlite3';
import { createConnection } from 'mysql2';
import pg from 'pg';

export type Value = string | number | null;
export type TextRow = readonly (string | null)[];

/** A session of an administrator, or of those who write into the source. */
export interface Session {
  /** Values for each `?`; everything comes back as the database prints it. */
  query(sql: string, values?: readonly Value[]): Promise<readonly TextRow[]>;
  /** The database's clock as `YYYY-MM-DD HH:MM:SS.ffffff` in UTC. */
  clock(): Promise<string>;
  begin(): Promise<void>;
  close(): Promise<void>;
}

async function clockBy(session: Pick<Session, 'query'>, sql: string): Promise<string> {
  const [[printed] = []] = await session.query(sql);
  if (printed === null || printed === undefined) throw new Error('the database has no clock');
  return printed;
}

export async function connectPostgresql(url: string): Promise<Session> {
  const client = new pg.Client({
    connectionString: url,
    types: { getTypeParser: () => String },
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  const session = {
    query: async (sql: string, values: readonly Value[] = []) => {
      let count = 0;
      const text = sql.replaceAll('?', () => `$${++count}`);
      return (await client.query({ text, rowMode: 'array' }, [...values])).rows as TextRow[];
    },
    clock: () =>
      clockBy(session, `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`),
    begin: async () => void (await session.query('BEGIN')),
    close: () => client.end().catch(() => undefined),
  };
  return session;
}

export async function connectMysql(uri: string): Promise<Session> {
  const connection = createConnection({ uri, connectTimeout: 5_000 });
  // What ends the connection while nothing is asked shows when the next question is.
  connection.on('error', () => undefined);
  const session = {
    query: (sql: string, values: readonly Value[] = []) =>
      new Promise<readonly TextRow[]>((resolve, reject) => {
        connection.query(
          { sql, rowsAsArray: true, values: [...values], typeCast: (field) => field.string() },
          (error, rows) =>
            error ? reject(error) : resolve(Array.isArray(rows) ? (rows as unknown as TextRow[]) : []),
        );
      }),
    clock: () => clockBy(session, 'SELECT utc_timestamp(6)'),
    begin: async () => void (await session.query('START TRANSACTION')),
    close: async () => connection.destroy(),
  };
  try {
    await session.query('SELECT 1');
    return session;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

export async function connectSqlite(file: string): Promise<Session> {
  // Waiting for a lock would stop the proxies as well: they run in this process.
  const database = new Database(file, { timeout: 0 });
  const attempt = (sql: string, values: readonly Value[]): readonly TextRow[] => {
    const statement = database.prepare(sql);
    if (!statement.reader) {
      statement.run(...values);
      return [];
    }
    const rows = statement.raw().all(...values) as (string | number | null)[][];
    return rows.map((row) => row.map((value) => (value === null ? null : String(value))));
  };
  const session: Session = {
    query: async (sql, values = []) => {
      for (let tries = 0; ; tries += 1) {
        try {
          return attempt(sql, values);
        } catch (error) {
          const isBusy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
          if (!isBusy || tries > 500) throw error;
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
    },
    clock: async () => `${new Date().toISOString().replace('T', ' ').replace('Z', '')}000`,
    begin: async () => void (await session.query('BEGIN IMMEDIATE')),
    close: async () => {
      database.close();
    },
  };
  return session;
}
