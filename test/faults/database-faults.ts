import { readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import type { CollectorProcess } from './collector-process.ts';
import type { Observations } from './observations.ts';
import type { PlannedDatabaseFault } from './plan.ts';
import { type Source, using } from './source-server.ts';

/** What a fault of the database has to do with. */
export interface FaultySource {
  readonly source: Source;
  /** Undefined for SQLite. */
  readonly proxy: TcpProxy | undefined;
}

/** A fault that is there before the run begins. */
export interface StandingFault {
  /** When the run is over. */
  undo(): void;
  /** Whether a run met it. @param codes the exit codes of those that may have */
  wasMet(codes: readonly (number | null | undefined)[]): boolean;
}

export function prepareDatabaseFault(
  fault: PlannedDatabaseFault | undefined,
  { source, proxy }: FaultySource,
): StandingFault {
  const [received, refused] = [proxy?.received() ?? 0, proxy?.refused() ?? 0];
  switch (fault?.kind) {
    case 'database file gone':
      return { undo: removeLink(source.link ?? ''), wasMet: (codes) => codes.includes(4) };
    case 'database connection refused':
      proxy?.refuse(true);
      return { undo: () => proxy?.refuse(false), wasMet: () => (proxy?.refused() ?? 0) > refused };
    case 'database connection slow':
      proxy?.slowDown(10 + fault.duration / 8);
      return { undo: () => proxy?.slowDown(0), wasMet: () => (proxy?.received() ?? 0) > received };
    default:
      return { undo: () => proxy?.thaw(), wasMet: () => false };
  }
}

function removeLink(link: string): () => void {
  const file = readlinkSync(link);
  rmSync(link);
  return () => symlinkSync(file, link);
}

/** Does it while the run goes on; resolves when the database is back. */
export async function causeDatabaseFault(
  fault: PlannedDatabaseFault,
  { source, proxy }: FaultySource,
  seen: Observations,
  collector: CollectorProcess,
): Promise<void> {
  if (!(await isTime(fault, source, seen, collector))) return;
  const happened = () => seen.happened(fault.kind);
  switch (fault.kind) {
    case 'database server killed': {
      await source.server?.kill9();
      happened();
      await delay(fault.duration);
      return source.server?.restart();
    }
    case 'database sessions terminated':
      if ((await terminateSessions(source)) > 0) happened();
      return;
    case 'database connection cut':
      if ((proxy?.open() ?? 0) > 0) happened();
      return proxy?.reset();
    case 'database connection frozen':
      if ((proxy?.open() ?? 0) > 0) happened();
      return proxy?.freeze();
    case 'database reader killed':
      while (collector.isRunning && collector.killReaders() === 0) await delay(5);
      if (collector.isRunning) happened();
      return;
    default:
  }
}

/** False when the run is over before. */
async function isTime(
  { after }: PlannedDatabaseFault,
  source: Source,
  seen: Observations,
  collector: CollectorProcess,
): Promise<boolean> {
  await Promise.race([
    collector.ended,
    source.server === undefined
      ? delay(after)
      : seen.until(() => seen.connections > 0 && seen.bytes >= after),
  ]);
  return collector.isRunning;
}

const SESSIONS = {
  pg: 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  mysql2: 'SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()',
} as const;

/** Those of the collector, and of whoever writes at the time. */
async function terminateSessions(source: Source): Promise<number> {
  if (source.client === 'better-sqlite3') return 0;
  const sql = SESSIONS[source.client];
  return using(source, async (session) => {
    const found = await session.query(sql);
    if (source.client === 'mysql2')
      for (const [id] of found) await session.query(`KILL ${id}`).catch(() => undefined);
    return found.length;
  });
}
