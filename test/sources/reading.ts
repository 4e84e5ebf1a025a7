import type { Query } from '../../src/model/query.ts';
import type { Row } from '../../src/model/row.ts';
import type { ResultSet, Source } from '../../src/model/source.ts';

export const query = (sql: string, parameters: Query['parameters'] = {}): Query => ({
  sql,
  parameters,
  applicationName: 'pp-db-collector/example',
});

/** A signal that is never aborted. */
export const never = (): AbortSignal => new AbortController().signal;

export async function rowsOf(result: ResultSet): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of result.batches) rows.push(...batch);
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
