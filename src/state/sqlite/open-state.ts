import { randomUUID } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { LeaseTimes } from '../leases.ts';
import { ownIdentity, type ProcessIdentity } from '../process-identity.ts';
import { StoredState } from '../stored-state.ts';
import { SqliteLeaseRows } from './lease-rows.ts';
import { SQLITE_NUMBERS } from './numbers.ts';
import { openDatabase } from './open-database.ts';
import { SQLITE_PENDING } from './pending-sql.ts';
import { SqliteTransactions } from './transactions.ts';

export interface StateOptions {
  /** Epoch milliseconds. */
  readonly now?: () => number;
  readonly identity?: ProcessIdentity;
  readonly leaseTimes?: LeaseTimes;
  /** Milliseconds to wait for a process that holds the file. */
  readonly patience?: number;
}

const LEASE_TIMES: LeaseTimes = { renewEvery: 10_000, validFor: 60_000 };
const PATIENCE = 5_000;

/** The state in one SQLite file, or in memory with `:memory:`. Throws StateError. */
export function openSqliteState(file: string, options: StateOptions = {}): StoredState {
  return stateIn(openDatabase(file, options.patience ?? PATIENCE), options);
}

/** The state in a database that is open; it is closed with the state. */
export function stateIn(database: Database.Database, options: StateOptions = {}): StoredState {
  const { now = Date.now, identity = ownIdentity(), leaseTimes = LEASE_TIMES, patience = PATIENCE } = options;
  const { validFor } = leaseTimes;
  return new StoredState({
    transactions: new SqliteTransactions(database, patience),
    leases: {
      rows: new SqliteLeaseRows({ instance: randomUUID(), identity, validFor, now }),
      times: leaseTimes,
      holder: identity.holder,
      endsUnrenewed: false,
    },
    pending: SQLITE_PENDING,
    numbers: SQLITE_NUMBERS,
    now,
    close: async () => close(database),
  });
}

function close(database: Database.Database): void {
  try {
    database.pragma('wal_checkpoint(TRUNCATE)');
  } catch {
    // The log stays beside the file, and whoever opens it next reads both.
  }
  database.close();
}
