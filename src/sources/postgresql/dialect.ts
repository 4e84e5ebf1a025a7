import type { Dialect, LocalPeriods } from '../dialect.ts';
import { ADDRESS } from './address.ts';
import { CATALOGUE } from './catalogue.ts';
import { PARAMETERS } from './parameters.ts';
import { readPlan } from './plan.ts';
import { SYNTAX } from './tokens.ts';

export const postgresql = {
  client: 'pg',
  products: ['PostgreSQL'],
  address: ADDRESS,
  syntax: SYNTAX,
  parameters: PARAMETERS,
  catalogue: CATALOGUE,
  hasClock: true,
  typesValues: false,
  readPlan,
  names: `select table_name::text, column_name::text from information_schema.columns
    where table_schema = any (pg_catalog.current_schemas(false)) order by table_name, ordinal_position`,
  localPeriodRemedy: (facts, otherwise) =>
    `Write ${localPeriod(facts, ` AT TIME ZONE '${facts.zone}'`)} in the query (${localPeriod(facts, '')} for a column with time zone); or ${otherwise}.`,
  driver: async () => (await import('./driver.ts')).driver,
} as const satisfies Dialect;

/** @param zone makes a time with a zone of one without */
function localPeriod({ period, column }: LocalPeriods, zone: string): string {
  const local = `${column}${zone} AT TIME ZONE :timezone`;
  return period === 'day' ? `(${local})::date` : `date_trunc('${period}', ${local})::date`;
}
