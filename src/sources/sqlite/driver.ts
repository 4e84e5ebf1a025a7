import { Slots } from '../../model/slots.ts';
import type { Driver, Pool } from '../session.ts';
import { locateFile } from './address.ts';
import { explainSqlite } from './failures.ts';
import { SqliteProcess } from './process.ts';
import { SqliteSession } from './session.ts';

export const driver: Driver<SqliteProcess> = {
  openPool: async (_, settings) => new SqliteProcesses(settings.max_connections),
  locate: locateFile,
  session: (process, circumstances) => new SqliteSession(process, circumstances),
  explain: explainSqlite,
};

/** A process per query: one that was killed in mid-query is no loss. */
class SqliteProcesses implements Pool<SqliteProcess> {
  readonly #slots: Slots;
  readonly #leaving = new WeakMap<SqliteProcess, () => void>();

  constructor(count: number) {
    this.#slots = new Slots(count);
  }

  async acquire(signal: AbortSignal): Promise<SqliteProcess> {
    const leave = await this.#slots.take(signal);
    const process = new SqliteProcess();
    this.#leaving.set(process, leave);
    return process;
  }

  release(process: SqliteProcess): void {
    this.#leaving.get(process)?.();
  }

  async close(): Promise<void> {}
}
