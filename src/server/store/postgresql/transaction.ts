import type { Pool, PoolClient } from 'pg';

/** All of `work` or nothing, on a connection of its own. */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let failed = true;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    failed = false;
    return result;
  } finally {
    // After a failure nobody knows in which state the connection is: the server rolls back when it ends.
    client.release(failed);
  }
}
