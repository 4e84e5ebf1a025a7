import { type CatalogueRules, quotedUnless } from '../catalogue.ts';

export const CATALOGUE: CatalogueRules = {
  tables: `
    select table_schema as \`schema\`, table_name as name, coalesce(table_schema = database(), 0) as is_known
    from information_schema.tables
    where table_schema not in ('information_schema', 'mysql', 'performance_schema', 'sys')
      and table_type in ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
    order by 3 desc, 2, 1`,
  requiredColumns: `
    select column_name as name from information_schema.columns
    where table_schema = :schema and table_name = :name and is_nullable = 'NO'`,
  quoted: (name) => quotedUnless(/^[A-Za-z_]\w*$/, name, '`'),
  withoutNulls: (column) => `coalesce(${column}, 'none')`,
  localDate: (column, _, { database, job }) =>
    database === job ? `date(${column})` : `date(convert_tz(${column}, '${database}', :timezone))`,
};
