import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openSqliteState } from '../../src/state/sqlite/open-state.ts';
import { openPlace } from '../state/open-place.ts';
import { startPostgresql } from '../support/private-postgresql.ts';
import { readState, type StateFacts } from './state-file.ts';

export const STATES = ['sqlite', 'postgresql'] as const;

/** Where the collector of an episode keeps its state. */
export interface KeptState {
  /** As config.yaml has it. */
  readonly setting: string;
  /** What it says while no process works with it. */
  facts(): Promise<StateFacts>;
  /** Lets the time pass for which the lease of a process that was killed is valid. */
  letLeasesEnd(): Promise<void>;
}

/** What keeps the states of one episode after the other. */
export interface StateKeeper {
  /** @param folder of the episode @param name of the episode */
  create(folder: string, name: string): Promise<KeptState>;
  stop(): Promise<void>;
}

export const startStateKeeper = (kind: (typeof STATES)[number]): Promise<StateKeeper> | StateKeeper =>
  kind === 'sqlite' ? FILES : startStateServer();

const FILES: StateKeeper = {
  create: async (folder) => ({
    setting: '{ file: state.sqlite }',
    facts: async () => readState(join(folder, 'state.sqlite')),
    letLeasesEnd: async () => undefined,
  }),
  stop: async () => undefined,
};

async function startStateServer(): Promise<StateKeeper> {
  const server = await startPostgresql();
  return {
    stop: () => server.stop(),
    async create(_, name) {
      await execute(server.url, `CREATE DATABASE ${name}`);
      const url = server.url.replace(/\w+$/, name);
      return {
        setting: `{ url: "${url}" }`,
        facts: () => copiedFacts(url),
        async letLeasesEnd() {
          const [made] = await execute(
            url,
            "SELECT to_regclass('pp_db_collector.leases') IS NOT NULL AS is_there",
          );
          if (made?.is_there === true) await execute(url, 'UPDATE pp_db_collector.leases SET expires_at = 0');
        },
      };
    },
  };
}

/** By way of a file, which is read without the program. */
async function copiedFacts(url: string): Promise<StateFacts> {
  const folder = mkdtempSync(join(tmpdir(), 'state-copy-'));
  try {
    const [state, copy] = [await openPlace(url), openSqliteState(join(folder, 'state.sqlite'))];
    await state.copyTo(copy, { replace: false, signal: new AbortController().signal });
    await Promise.all([state.close(), copy.close()]);
    const [leases] = await execute(url, 'SELECT count(*)::int AS count FROM pp_db_collector.leases');
    return { ...readState(join(folder, 'state.sqlite')), leases: Number(leases?.count) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function execute(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
