import type { Dialect, LocalPeriods } from '../dialect.ts';
import { ADDRESS } from './address.ts';
import { CATALOGUE } from './catalogue.ts';
import { PARAMETERS } from './parameters.ts';
import { readPlan } from './plan.ts';
import { SYNTAX } from './tokens.ts';

export const mysql = {
  client: 'mysql2',
  products: ['MySQL', 'MariaDB'],
  address: ADDRESS,
  syntax: SYNTAX,
  parameters: PARAMETERS,
  catalogue: CATALOGUE,
  hasClock: true,
  typesValues: false,
  readPlan,
  names: `select table_name, column_name from information_schema.columns
    where table_schema = database() order by table_name, ordinal_position`,
  localPeriodRemedy: (facts, otherwise) =>
    `Write ${localPeriod(facts)} in the query, which needs the server's zone tables; or ${otherwise}.`,
  driver: async () => (await import('./driver.ts')).driver,
} as const satisfies Dialect;

function localPeriod({ zone, period, column }: LocalPeriods): string {
  const local = `convert_tz(${column}, '${zone}', :timezone)`;
  switch (period) {
    case 'week':
      return `date_sub(date(${local}), interval weekday(${local}) day)`;
    case 'month':
      return `cast(date_format(${local}, '%Y-%m-01') as date)`;
    case 'quarter':
      return `makedate(year(${local}), 1) + interval quarter(${local}) - 1 quarter`;
    case 'year':
      return `makedate(year(${local}), 1)`;
    default:
      return `date(${local})`;
  }
}
