import type { Dialect } from '../dialect.ts';
import { ADDRESS } from './address.ts';
import { CATALOGUE } from './catalogue.ts';
import { PARAMETERS } from './parameters.ts';
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
  plan: undefined,
  localPeriodRemedy: (_, otherwise) => `SQLite knows no time zones: ${otherwise}.`,
  driver: async () => (await import('./driver.ts')).driver,
} as const satisfies Dialect;
