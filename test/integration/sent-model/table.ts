import type { Query } from '../../../src/model/query.ts';
import { packRows } from '../../../src/model/row-packer.ts';
import type { Source } from '../../../src/model/source.ts';
import { createSource } from '../../../src/sources/create-source.ts';
import { column, listedSource } from '../../advice/listed-source.ts';
import { createDatabase, type Product } from '../../support/databases.ts';

/** Rows of days, each with a number and a count. */
export interface Table {
  readonly source: Source;
  /** @param count null: the row is deleted */
  write(day: string, id: number, count: number | null): Promise<void>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

export const QUERY =
  'SELECT day, id, count FROM visits WHERE day >= :from_date AND day < :to_date ORDER BY id';

/** In a database. */
export async function storedTable(product: Product): Promise<Table> {
  const database = await createDatabase(product);
  await database.execute('CREATE TABLE visits (day date, id integer PRIMARY KEY, count integer)');
  const source = createSource('source', database.settings);
  return {
    source,
    async write(day, id, count) {
      await database.execute(`DELETE FROM visits WHERE id = ${id}`);
      if (count !== null) await database.execute(`INSERT INTO visits VALUES ('${day}', ${id}, ${count})`);
    },
    clear: async () => void (await database.execute('DELETE FROM visits')),
    async close() {
      await source.close();
      await database.drop();
    },
  };
}

const COLUMNS = [column('day', 'date'), column('id', 'integer'), column('count', 'integer')];

/** In memory, for plans of which there are to be many. */
export function listedTable(): Table {
  const rows = new Map<number, readonly [string, string, string]>();
  return {
    source: {
      ...listedSource(COLUMNS, []),
      open: async (query) => ({
        columns: COLUMNS,
        batches: (async function* () {
          const [from, to] = [dateIn(query, 'from_date'), dateIn(query, 'to_date')];
          yield packRows([...rows.values()].filter(([day]) => day >= from && day < to));
        })(),
        close: async () => undefined,
      }),
    },
    async write(day, id, count) {
      rows.delete(id);
      if (count !== null) rows.set(id, [day, String(id), String(count)]);
    },
    clear: async () => rows.clear(),
    close: async () => undefined,
  };
}

function dateIn({ parameters }: Query, name: string): string {
  const parameter = parameters[name];
  if (parameter?.kind !== 'date') throw new Error(`no date ${name}`);
  return parameter.date;
}
