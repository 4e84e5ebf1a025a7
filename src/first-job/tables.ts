import { nearestName } from '../config/nearest-name.ts';
import type { CatalogueRules } from '../sources/catalogue.ts';
import { type AskedDatabase, rowsOf } from './asked-database.ts';

/** A table or a view. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  /** As people write it: with its schema where the name alone means another one, or none. */
  readonly shown: string;
  /** The same as SQL takes it. */
  readonly sql: string;
}

/** Everything that the user may read, in the order of the names; what needs no schema first. */
export async function listTables(database: AskedDatabase): Promise<Table[]> {
  const rows = await rowsOf(database, database.catalogue.tables);
  return rows.map(({ schema, name, is_known: isKnown }) =>
    tableOf(String(schema), String(name), Number(isKnown) === 1, database.catalogue),
  );
}

function tableOf(schema: string, name: string, isKnown: boolean, { quoted }: CatalogueRules): Table {
  const parts = isKnown ? [name] : [schema, name];
  return { schema, name, shown: parts.join('.'), sql: parts.map(quoted).join('.') };
}

/** The table that a person means: by its name, with or without its schema, in small letters where only one fits. */
export function findTable(wanted: string, tables: readonly Table[]): Table | undefined {
  const exact = tables.find((table) => namesOf(table).includes(wanted));
  if (exact !== undefined) return exact;
  const small = wanted.toLowerCase();
  const alike = tables.filter((table) => namesOf(table).some((name) => name.toLowerCase() === small));
  const unknown = tables.filter(({ name }) => name.toLowerCase() === small);
  return [alike, unknown].find(({ length }) => length === 1)?.[0];
}

const namesOf = ({ schema, name, shown, sql }: Table) => [shown, `${schema}.${name}`, sql];

/** The one that a mistyped name most likely stands for. */
export const nearestTable = (wanted: string, tables: readonly Table[]): string | undefined =>
  nearestName(
    wanted,
    tables.flatMap(({ schema, name, shown }) => [shown, `${schema}.${name}`, name]),
  );
