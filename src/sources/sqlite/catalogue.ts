import { type CatalogueRules, quotedUnless } from '../catalogue.ts';

export const CATALOGUE: CatalogueRules = {
  tables: `
    select 'main' as schema, name, 1 as is_known from sqlite_schema
    where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' order by name`,
  requiredColumns: `
    select name from pragma_table_info(:name, :schema) where "notnull" = 1`,
  quoted: (name) => quotedUnless(/^[A-Za-z_]\w*$/, name, '"'),
  withoutNulls: (column) => `coalesce(${column}, 'none')`,
  comparable: (column) => `datetime(${column})`,
  localDate: (column, _, { database, job }) => (database === job ? `date(${column})` : undefined),
};
