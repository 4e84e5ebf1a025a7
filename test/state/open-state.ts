import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { JobLease, State } from '../../src/model/state.ts';
import { openSqliteState, type StateOptions } from '../../src/state/sqlite/open-state.ts';

/** Where a state may live; what holds of one shall hold of all. */
export const PLACES = ['memory', 'file'] as const;

/** A path for a state, in a folder that is not there yet and goes with the test. */
export function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'state-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'new', 'collector.sqlite');
}

/** A state that is closed with the test. */
export function opened(place: string, options?: StateOptions): State {
  const file = place === 'memory' ? ':memory:' : place === 'file' ? newFile() : place;
  const state = openSqliteState(file, options);
  onTestFinished(() => state.close());
  return state;
}

export async function leaseOf(state: State, job = 'a'): Promise<JobLease> {
  const lease = await state.takeLease(job);
  if (lease.kind === 'busy') throw new Error(`the lease is held by ${lease.holder}`);
  return lease;
}
