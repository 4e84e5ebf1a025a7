import type { Period } from '../calendar/period.ts';
import type { QueryAdvice } from '../model/query.ts';
import type { Source } from '../model/source.ts';
import { DatabaseSource } from './database-source.ts';
import type { Dialect, LocalPeriods } from './dialect.ts';
import { dialectOf } from './dialects.ts';
import { outlineOf } from './query-outline.ts';
import type { DatabaseSettings } from './session.ts';

/** Without any function of the database: each query collects one period, which its parameters tell. */
const onePeriodEach = (period: Period): string => {
  const [parameter, name] = period === 'hour' ? [':from', 'hour'] : [':from_date', period];
  return `set window.max_periods: 1, select ${parameter} AS ${name} and group by the other columns only`;
};

/** A sentence with the line to write for a database. */
function localPeriodRemedy(dialect: Dialect, facts: LocalPeriods): string {
  const each = onePeriodEach(facts.period);
  if (facts.period === 'hour') return `${each.replace('set', 'Set')}: each query then collects one hour.`;
  return dialect.localPeriodRemedy(facts, each);
}

/** A source database by its name in the configuration. Connects, and loads its driver, when it is first used. */
export function createSource(name: string, settings: DatabaseSettings): Source {
  const dialect = dialectOf(settings.client);
  let loading: Promise<Omit<Source, 'advice'>> | undefined;
  const load = async () => new DatabaseSource(name, settings, dialect, await dialect.driver());
  const loaded = () => {
    loading ??= load();
    return loading;
  };
  return {
    advice: adviceOf(dialect, settings.timezone),
    open: async (query, signal) => (await loaded()).open(query, signal),
    describe: async (query, signal) => (await loaded()).describe(query, signal),
    overlooked: async (query, withTexts, signal) => (await loaded()).overlooked(query, withTexts, signal),
    plan: async (query, signal) => (await loaded()).plan(query, signal),
    clock: async (signal) => (await loaded()).clock(signal),
    inspect: async (signal) => (await loaded()).inspect(signal),
    close: async () => (await loading)?.close(),
  };
}

function createIndex(quoted: (name: string) => string, table: string, columns: readonly string[]): string {
  // Not every database finds a name by itself.
  const name = [...(table.match(/[^.]+$/) ?? []), ...columns].join('_').replaceAll(/\W+/g, '_');
  return `create index ${quoted(name)} on ${table} (${columns.map(quoted).join(', ')})`;
}

const adviceOf = (dialect: Dialect, zone: string): QueryAdvice => ({
  outline: (sql) => outlineOf(sql, dialect.syntax),
  localPeriodRemedy: (period, column) => localPeriodRemedy(dialect, { zone, period, column }),
  createIndex: (table, columns) => createIndex(dialect.catalogue.quoted, table, columns),
});
