import { type CatalogueRules, quotedUnless } from '../catalogue.ts';

const TEXTS = new Set(['text', 'character varying', 'character', 'citext']);

export const CATALOGUE: CatalogueRules = {
  tables: `
    select n.nspname::text as schema, c.relname::text as name,
      pg_catalog.pg_table_is_visible(c.oid)::int as is_known
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
      and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_table_privilege(c.oid, 'SELECT')
    order by 3 desc, 2, 1`,
  requiredColumns: `
    select a.attname::text as name
    from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = :schema and c.relname = :name and a.attnotnull and a.attnum > 0`,
  quoted: (name) => quotedUnless(/^[a-z_][a-z0-9_]*$/, name, '"'),
  withoutNulls: (column, type) => `coalesce(${column}${TEXTS.has(type) ? '' : '::text'}, 'none')`,
  localDate(column, kind, { database, job }) {
    if (kind === 'instant') return `(${column} AT TIME ZONE :timezone)::date`;
    return database === job
      ? `${column}::date`
      : `(${column} AT TIME ZONE '${database}' AT TIME ZONE :timezone)::date`;
  },
};
