import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { LeaseTimes } from '../leases.ts';
import { ownIdentity } from '../process-identity.ts';
import { StoredState } from '../stored-state.ts';
import { placeOf, poolOf, type StateAddress } from './connections.ts';
import { explainFailures } from './failures.ts';
import { PostgresqlLeaseRows } from './lease-rows.ts';
import { migrate } from './migrations.ts';
import { POSTGRESQL_NUMBERS } from './numbers.ts';
import { POSTGRESQL_PENDING } from './pending-sql.ts';
import { PostgresqlTransactions } from './transactions.ts';

export interface PostgresqlStateOptions {
  /** Epoch milliseconds; leases go by the server's clock. */
  readonly now?: () => number;
  readonly leaseTimes?: LeaseTimes;
  /** Milliseconds for which what passes, such as a restart of the server, is waited for. */
  readonly patience?: number;
}

const LEASE_TIMES: LeaseTimes = { renewEvery: 5_000, validFor: 20_000 };
const PATIENCE = 5_000;

/**
 * The state in a schema of a PostgreSQL database, which any number of processes may share. Throws StateError.
 *
 * @param address read anew for each connection
 */
export async function openPostgresqlState(
  address: () => StateAddress,
  options: PostgresqlStateOptions = {},
): Promise<StoredState> {
  const { now = Date.now, leaseTimes = LEASE_TIMES, patience = PATIENCE } = options;
  const explain = explainFailures(placeOf(address()));
  const pool = poolOf(address);
  try {
    await prepare(pool);
  } catch (error) {
    await pool.end();
    throw explain(error);
  }
  const { holder } = ownIdentity();
  const owner = { instance: randomUUID(), holder, validFor: leaseTimes.validFor };
  return new StoredState({
    transactions: new PostgresqlTransactions(pool, explain, patience),
    leases: { rows: new PostgresqlLeaseRows(owner), times: leaseTimes, holder, endsUnrenewed: true },
    pending: POSTGRESQL_PENDING,
    numbers: POSTGRESQL_NUMBERS,
    now,
    close: () => pool.end(),
  });
}

async function prepare(pool: Pool): Promise<void> {
  const client = await pool.connect();
  let isUsable = false;
  try {
    await migrate(client);
    isUsable = true;
  } finally {
    client.release(!isUsable);
  }
}
