import type { Dialect } from '../dialect.ts';
import { ADDRESS } from './address.ts';
import { CATALOGUE } from './catalogue.ts';
import { PARAMETERS } from './parameters.ts';
import { readPlan } from './plan.ts';
import { SYNTAX } from './tokens.ts';

export const sqlite = {
  client: 'better-sqlite3',
  products: ['SQLite'],
  address: ADDRESS,
  syntax: SYNTAX,
  parameters: PARAMETERS,
  catalogue: CATALOGUE,
  hasClock: false,
  typesValues: true,
  readPlan,
  names: `select t.name as table_name, c.name as column_name from sqlite_master as t
    join pragma_table_info(t.name) as c where t.type in ('table', 'view') order by t.name, c.cid`,
  localPeriodRemedy: (_, otherwise) => `SQLite knows no time zones: ${otherwise}.`,
  driver: async () => (await import('./driver.ts')).driver,
} as const satisfies Dialect;
