import { setTimeout as delay } from 'node:timers/promises';
import type { CollectorProcess } from './collector-process.ts';
import type { Database, KillPhase } from './fault-kinds.ts';
import type { Observations } from './observations.ts';
import type { PlannedKill } from './plan.ts';
import type { Hold } from './write-host.ts';

/** Milliseconds by which the request that a kill is aimed at, or its answer, is held: longer than it takes to kill. */
const HOLD = 80;
/** Milliseconds that the program takes at least to start. */
const START = 250;

/** Where the write host has to wait for a kill to hit. */
export function holdFor(kill: PlannedKill | undefined): Hold | undefined {
  if (kill?.aim === 'sending') return { request: kill.at, before: HOLD, after: 0 };
  if (kill?.aim === 'storing') return { request: kill.at, before: 0, after: HOLD };
  return undefined;
}

/** Kills the collector as planned. Gives what it was about, or undefined when it ended before. */
export async function killAsPlanned(
  kill: PlannedKill,
  database: Database,
  seen: Observations,
  collector: CollectorProcess,
): Promise<KillPhase | undefined> {
  await Promise.race([collector.ended, moment(kill, database, seen, collector)]);
  await Promise.race([collector.ended, delay(kill.delay)]);
  if (!collector.isRunning) return undefined;
  const phase = seen.phase(seen.begun === 0 && collector.isReadingFile);
  collector.kill(kill.signal);
  return phase;
}

async function moment(
  { aim, at, bytes }: PlannedKill,
  database: Database,
  seen: Observations,
  collector: CollectorProcess,
): Promise<void> {
  const isFile = database === 'better-sqlite3';
  switch (aim) {
    case 'connecting':
      return isFile ? delay(START) : seen.until(() => seen.connections > at);
    case 'reading':
      if (!isFile) return seen.until(() => seen.bytes >= bytes);
      while (collector.isRunning && !collector.isReadingFile) await delay(5);
      return;
    case 'sending':
      return seen.until(() => seen.begun > at);
    case 'storing':
      return seen.until(() => seen.begun > at && seen.forwarded > 0);
    case 'acknowledging':
      return seen.until(() => seen.over > at);
    default:
  }
}
