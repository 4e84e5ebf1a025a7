import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { Slots } from '../../model/slots.ts';
import { StateError } from '../state-error.ts';
import type { OpenTransaction, Transactions } from '../transactions.ts';
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

type Kind = Parameters<Transactions['begin']>[0];

const BEGIN: Readonly<Record<Kind, string>> = {
  writing: `BEGIN ISOLATION LEVEL READ COMMITTED; ${SETTINGS} ${DURABLE}`,
  reading: `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${SETTINGS}`,
};

/** Whoever has no line to stand in. */
const URGENT: Pick<Slots, 'take'> = { take: async () => () => undefined };

/**
 * Transactions on a server. What failed and is certainly undone is done again for a while, so that a restart of the
 * server or of a pooler need not fail a run. Nothing is done again when the answer to a COMMIT was lost.
 */
export class PostgresqlTransactions implements Transactions {
  readonly #pool: Pool;
  readonly #explain: Explain;
  readonly #patience: number;
  readonly #slots: Slots;

  /** @param patience milliseconds for which what passes is tried again */
  constructor(pool: Pool, explain: Explain, patience: number) {
    this.#pool = pool;
    this.#explain = explain;
    this.#patience = patience;
    // One connection is left for what is urgent.
    this.#slots = new Slots(Math.max(1, pool.options.max - 1));
  }

  write<Result>(work: () => Work<Result>): Promise<Result> {
    return this.#patiently('writing', work);
  }

  /** As durable as all others: by how a run has ended another process knows that nothing of it is left to do. */
  note<Result>(work: () => Work<Result>): Promise<Result> {
    return this.#patiently('writing', work);
  }

  urgent<Result>(work: () => Work<Result>): Promise<Result> {
    return this.#patiently('writing', work, URGENT);
  }

  read<Result>(work: () => Work<Result>): Promise<Result> {
    return this.#patiently('reading', work);
  }

  async begin(kind: Kind): Promise<OpenTransaction> {
    const transaction = await this.#explaining(this.#begin(kind));
    return {
      carryOut: (work) => this.#explaining(transaction.carryOut(work)),
      commit: () => this.#explaining(transaction.commit()),
      [Symbol.asyncDispose]: () => transaction[Symbol.asyncDispose](),
    };
  }

  async #patiently<Result>(
    kind: Kind,
    work: () => Work<Result>,
    slots: Pick<Slots, 'take'> = this.#slots,
  ): Promise<Result> {
    let giveUpAt: number | undefined;
    for (;;) {
      // Whoever waits for others waits here: the pool gives up after the time that it takes to connect.
      const giveBack = await slots.take();
      giveUpAt ??= performance.now() + this.#patience;
      try {
        await using transaction = await this.#begin(kind);
        const result = await transaction.carryOut(work());
        await transaction.commit();
        return result;
      } catch (error) {
        if (!isPassing(error) || performance.now() >= giveUpAt) throw this.#explain(error);
      } finally {
        giveBack();
      }
      await delay(PAUSE);
    }
  }

  async #begin(kind: Kind): Promise<OpenTransaction> {
    const client = await this.#pool.connect();
    try {
      await client.query(BEGIN[kind]);
    } catch (error) {
      client.release(true);
      throw error;
    }
    let state: 'open' | 'committed' | 'lost' = 'open';
    const noticing = async <Result>(result: Promise<Result>): Promise<Result> => {
      try {
        return await result;
      } catch (error) {
        if (isLoss(error) || isUnanswered(error)) state = 'lost';
        throw error;
      }
    };
    return {
      carryOut: (work) => noticing(carryOut(client, work)),
      commit: async () => {
        await noticing(commit(client, kind));
        state = 'committed';
      },
      [Symbol.asyncDispose]: async () =>
        client.release(state === 'lost' || (state === 'open' && !(await isRolledBack(client)))),
    };
  }

  #explaining<Result>(result: Promise<Result>): Promise<Result> {
    return result.catch((error: unknown) => {
      throw this.#explain(error);
    });
  }
}

async function commit(client: PoolClient, kind: Kind): Promise<void> {
  try {
    await client.query('COMMIT');
  } catch (error) {
    if (kind === 'reading' || !isLoss(error)) throw error;
    throw new StateError(
      'the connection to the state database was lost while it stored something: it may be stored or not',
      'Nothing is counted twice or left out, because the next run goes on from what the state says by then; ' +
        '`pp-db-collector state show` tells it.',
      { side: 'source', cause: error },
    );
  }
}

/** Of a COMMIT. */
const isUnanswered = (error: unknown): boolean => error instanceof StateError && isLoss(error.cause);

async function isRolledBack(client: PoolClient): Promise<boolean> {
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
}
