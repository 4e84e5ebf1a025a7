import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { parentOf, processorTimeOfTree, programOf } from './process-tables.ts';

/** The process of which all others of the server are children; undefined where it is on another machine. */
export async function postgresqlProcess(url: string): Promise<number | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const pid = rows[0]?.pid ?? 0;
    return programOf(pid) === 'postgres' ? parentOf(pid) : undefined;
  } finally {
    await client.end();
  }
}

/** What work gives, and the seconds of processor time that the whole server takes meanwhile. */
export async function processorTimeDuring<Value>(
  server: number,
  work: () => Promise<Value>,
): Promise<{ readonly value: Value; readonly processor: number }> {
  const before = processorTimeOfTree(server);
  const value = await work();
  // The session ends after its client has gone.
  await delay(100);
  return { value, processor: processorTimeOfTree(server) - before };
}
