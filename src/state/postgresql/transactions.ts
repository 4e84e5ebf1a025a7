import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { StateError } from '../state-error.ts';
import type { Transactions } from '../transactions.ts';
import type { Work } from '../work.ts';
import { type Explain, isLoss, isPassing } from './failures.ts';
import { SCHEMA } from './migrations.ts';
import { carryOut } from './statements.ts';

const PAUSE = 100;

/**
 * Whoever is suspended within a transaction holds the row of its lease: the server ends it, so that the lease can be
 * taken. Milliseconds.
 */
const LIMITS = {
  statement_timeout: 30_000,
  lock_timeout: 10_000,
  idle_in_transaction_session_timeout: 10_000,
};
const SETTINGS = Object.entries({ search_path: SCHEMA, ...LIMITS })
  .map(([name, value]) => `SET LOCAL ${name} = ${value};`)
  .join(' ');

/** Raises a weaker setting of the server or user; leaves a stronger one, which waits for standbys too. */
const DURABLE =
  "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') IN ('off', " +
  "'local')";

const WRITING = `BEGIN ISOLATION LEVEL READ COMMITTED; ${SETTINGS} ${DURABLE}`;
const READING = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${SETTINGS}`;

/**
 * Transactions on a server. What failed and is certainly undone is done again for a while, so that a restart of the
 * server or of a pooler need not fail a run. Nothing is done again when the answer to a COMMIT was lost.
 */
export class PostgresqlTransactions implements Transactions {
  readonly #pool: Pool;
  readonly #explain: Explain;
  readonly #patience: number;

  /** @param patience milliseconds for which what passes is tried again */
  constructor(pool: Pool, explain: Explain, patience: number) {
    this.#pool = pool;
    this.#explain = explain;
    this.#patience = patience;
  }

  write<Result>(work: () => Work<Result>): Promise<Result> {
    return this.#patiently(WRITING, work);
  }

  /** As durable as all others: numbers of runs must not be given twice because the server crashed. */
  note<Result>(work: () => Work<Result>): Promise<Result> {
    return this.#patiently(WRITING, work);
  }

  read<Result>(work: () => Work<Result>): Promise<Result> {
    return this.#patiently(READING, work);
  }

  async #patiently<Result>(begin: string, work: () => Work<Result>): Promise<Result> {
    const giveUpAt = performance.now() + this.#patience;
    for (;;) {
      try {
        return await this.#once(begin, work);
      } catch (error) {
        if (!isPassing(error) || performance.now() >= giveUpAt) throw this.#explain(error);
      }
      await delay(PAUSE);
    }
  }

  async #once<Result>(begin: string, work: () => Work<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    let isUsable = false;
    try {
      await client.query(begin);
      const result = await carryOut(client, work());
      await this.#commit(client, begin === WRITING);
      isUsable = true;
      return result;
    } catch (error) {
      isUsable = !isLoss(error) && (await isRolledBack(client));
      throw error;
    } finally {
      client.release(!isUsable);
    }
  }

  async #commit(client: PoolClient, changes: boolean): Promise<void> {
    try {
      await client.query('COMMIT');
    } catch (error) {
      if (!changes || !isLoss(error)) throw error;
      throw new StateError(
        'the connection to the state database was lost while it stored something: it may be stored or not',
        'Nothing is counted twice or left out, because the next run goes on from what the state says by then; ' +
          '`pp-db-collector state show` tells it.',
        { side: 'source', cause: error },
      );
    }
  }
}

async function isRolledBack(client: PoolClient): Promise<boolean> {
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
}
