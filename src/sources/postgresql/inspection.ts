import type { Inspection } from '../inspection.ts';
import type { PostgresqlClient } from './exchange.ts';

const SHOWN_TABLES = 3;

// Rounded down: nothing that comes later may lie before it.
const CLOCK = 'floor(extract(epoch from pg_catalog.clock_timestamp()) * 1000)::bigint::text';

const FACTS = `
  select current_setting('server_version') as version, current_setting('TimeZone') as zone, ${CLOCK} as clock,
    (select rolsuper from pg_catalog.pg_roles where rolname = current_user)::text as superuser`;

const WRITABLE_TABLES = `
  select c.oid::pg_catalog.regclass::text as name
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    and pg_catalog.has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
  order by 1 limit ${SHOWN_TABLES + 1}`;

/** Epoch milliseconds. */
export async function postgresqlClock(client: PostgresqlClient): Promise<number> {
  const { rows } = await client.query(`select ${CLOCK} as clock`);
  return Number(rows[0]?.clock);
}

export async function inspectPostgresql(client: PostgresqlClient): Promise<Inspection> {
  const { rows: tables } = await client.query(WRITABLE_TABLES);
  const { rows: facts } = await client.query(FACTS);
  const { version = '', zone = '', clock = '', superuser } = facts[0] ?? {};
  return {
    version: `PostgreSQL ${version}`,
    zone,
    clock: Number(clock),
    excessRights: superuser === 'true' ? ['superuser'] : writableTables(tables.map(({ name }) => name ?? '')),
  };
}

function writableTables(names: readonly string[]): readonly string[] {
  const rights = names.slice(0, SHOWN_TABLES).map((name) => `write to ${name}`);
  return names.length > SHOWN_TABLES ? [...rights, 'and others'] : rights;
}
