import type { Ask } from './database.ts';

/**
 * The jobs whose leases somebody holds. Asked of the state's table, and not of the state: whoever is to begin runs must
 * not wait behind those that go on.
 */
export async function heldJobs(ask: Ask): Promise<ReadonlySet<string>> {
  const { rows } = await ask(
    'SELECT job FROM pp_db_collector.leases WHERE expires_at > extract(epoch FROM clock_timestamp()) * 1000',
  );
  return new Set((rows as readonly { job: string }[]).map(({ job }) => job));
}
