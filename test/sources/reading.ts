import type { DatabaseSection } from '../../src/config/schema/config-schema.ts';
import type { Query } from '../../src/model/query.ts';
import type { Row } from '../../src/model/row.ts';
import type { ResultSet, Source } from '../../src/model/source.ts';
import { createSource } from '../../src/sources/create-source.ts';
import type { TestDatabase } from '../support/databases.ts';

export const query = (sql: string, parameters: Query['parameters'] = {}): Query => ({
  sql,
  parameters,
  applicationName: 'pp-db-collector/example',
});

/** A signal that is never aborted. */
export const never = (): AbortSignal => new AbortController().signal;

export async function rowsOf(result: ResultSet): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of result.batches) rows.push(...batch.rows());
  await result.close();
  return rows;
}

/** The kind and the value of every column of a query that gives one row. */
export async function valuesOf(
  source: Source,
  sql: string,
): Promise<Record<string, readonly [string, unknown]>> {
  const result = await source.open(query(sql), never());
  const [row = []] = await rowsOf(result);
  return Object.fromEntries(
    result.columns.map(({ name, kind }, index) => [name, [kind, row[index]] as const]),
  );
}

/** What a query fails with when it is opened and read. */
export const failureOf = (source: Source, sql: string): Promise<Error & { remedy?: string; code?: string }> =>
  source
    .open(query(sql), never())
    .then(rowsOf)
    .then(
      () => new Error('the query did not fail'),
      (error: Error) => error,
    );

/** Uses another source of a database, which differs by some settings, and closes it. */
export async function withSource<T>(
  database: TestDatabase,
  settings: Partial<DatabaseSection>,
  use: (source: Source) => Promise<T>,
): Promise<T> {
  const source = createSource('benefits', { ...database.settings, ...settings });
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

/** Where a database is, part by part, for logging in as somebody else or to another database of the server. */
export function partsOf(url: string) {
  const { protocol, hostname, port, username, pathname } = new URL(url);
  return {
    host: hostname,
    port: Number(port || (protocol === 'mysql:' ? 3306 : 5432)),
    user: username,
    database: pathname.slice(1),
  };
}
