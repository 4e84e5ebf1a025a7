import type { Pool, PoolClient } from 'pg';
import type { Ask, SharedDatabase } from './database.ts';

/** Whoever is suspended while it counts what runs is ended before the others grow tired of waiting. Milliseconds. */
const LIMITS = {
  statement_timeout: 12_000,
  lock_timeout: 10_000,
  idle_in_transaction_session_timeout: 3_000,
};
const SETTINGS = Object.entries(LIMITS)
  .map(([name, value]) => `SET LOCAL ${name} = ${value};`)
  .join(' ');
/** Said, because by another default whoever counts would not see what the one before has taken while it waited. */
const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED; ${SETTINGS}`;

/** @param explain what an error of the database means, for people */
export function sharedDatabase(pool: Pool, explain: (error: unknown) => unknown): SharedDatabase {
  const ask: Ask = async (text, values) => {
    try {
      return await pool.query(text, values as unknown[]);
    } catch (error) {
      throw explain(error);
    }
  };
  return {
    ask,
    async transaction(work) {
      let client: PoolClient | undefined;
      let isUsable = false;
      try {
        client = await pool.connect();
        const connection = client;
        await connection.query(BEGIN);
        const result = await work((text, values) => connection.query(text, values as unknown[]));
        await connection.query('COMMIT');
        isUsable = true;
        return result;
      } catch (error) {
        isUsable =
          (await client?.query('ROLLBACK').then(
            () => true,
            () => false,
          )) ?? false;
        throw explain(error);
      } finally {
        client?.release(!isUsable);
      }
    },
    close: () => pool.end(),
  };
}
