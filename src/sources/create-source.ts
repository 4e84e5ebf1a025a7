import type { DatabaseSettings } from '../config/schema/config-schema.ts';
import type { QueryAdvice } from '../model/query-advice.ts';
import type { Source } from '../model/source.ts';
import { DatabaseSource } from './database-source.ts';
import { localPeriodRemedy } from './local-periods.ts';
import { outlineOf } from './query-outline.ts';

type Database = Omit<Source, 'advice'>;

/** A source database by its name in the configuration. Connects, and loads its driver, when it is first used. */
export function createSource(name: string, settings: DatabaseSettings): Source {
  let loading: Promise<Database> | undefined;
  const loaded = () => {
    loading ??= load(name, settings);
    return loading;
  };
  return {
    advice: adviceOf(settings),
    open: async (query, signal) => (await loaded()).open(query, signal),
    describe: async (query, signal) => (await loaded()).describe(query, signal),
    overlooked: async (query, withTexts, signal) => (await loaded()).overlooked(query, withTexts, signal),
    clock: async (signal) => (await loaded()).clock(signal),
    inspect: async (signal) => (await loaded()).inspect(signal),
    close: async () => (await loading)?.close(),
  };
}

const adviceOf = ({ client, timezone }: DatabaseSettings): QueryAdvice => ({
  outline: (sql) => outlineOf(sql, client),
  localPeriodRemedy: (period, column) => localPeriodRemedy(client, { zone: timezone, period, column }),
});

async function load(name: string, settings: DatabaseSettings): Promise<Database> {
  switch (settings.client) {
    case 'pg': {
      const { postgresql } = await import('./postgresql/session.ts');
      return new DatabaseSource(name, settings, postgresql);
    }
    case 'mysql2': {
      const { mysql } = await import('./mysql/session.ts');
      return new DatabaseSource(name, settings, mysql);
    }
    case 'better-sqlite3': {
      const { sqlite } = await import('./sqlite/session.ts');
      return new DatabaseSource(name, settings, sqlite);
    }
  }
}
