/** A process of its own that does with a state what its parent says; the tests stop and kill it. */
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { Batch } from '../../src/model/batch.ts';
import type { JobLease, State } from '../../src/model/state.ts';
import { ownIdentity } from '../../src/state/process-identity.ts';
import type { StateOptions } from '../../src/state/sqlite/open-state.ts';
import { letterOf, stepOf } from './examples.ts';
import { openPlace } from './open-place.ts';

/** What crosses the border to the parent. */
export interface Order {
  readonly action: keyof typeof ACTIONS;
  readonly values: readonly unknown[];
}

export interface Answer {
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly isBusy: boolean };
}

let state: State;
const leases = new Map<string, JobLease>();

const ACTIONS = {
  async open(place: string, options: StateOptions, host?: string): Promise<void> {
    const identity = ownIdentity();
    state = await openPlace(place, { ...options, identity: { ...identity, host: host ?? identity.host } });
  },
  /** Holds a file's lock for some milliseconds, beginning now. */
  hold(file: string, duration: number): void {
    const database = new Database(file);
    database.exec('BEGIN IMMEDIATE');
    setTimeout(() => database.close(), duration);
  },
  becomeNobody(): void {
    process.setgid?.(65_534);
    process.setuid?.(65_534);
  },
  async take(job: string): Promise<unknown> {
    const lease = await state.takeLease(job);
    if (lease.kind === 'busy') return lease;
    leases.set(job, lease);
    return { kind: 'lease' };
  },
  release: (job: string) => leases.get(job)?.release(),
  lost(job: string): string | undefined {
    const signal = leases.get(job)?.lost;
    return signal?.aborted === true ? String(signal.reason) : undefined;
  },
  do: (method: string, ...values: unknown[]) =>
    (state[method as keyof State] as (...values: unknown[]) => unknown)(...values),
  /**
   * Acknowledges 1, 2, 3 …, each with a dead letter and a pending batch, and notes each in the journal, until it is
   * killed.
   */
  async march(job: string, from: number, journal: string): Promise<void> {
    const notes = openSync(journal, 'a');
    const run = await state.beginRun(job, Date.now());
    const snapshot = await state.beginPending(job, from);
    for (let number = from; ; number++) {
      await state.addPending(snapshot, new Batch(Buffer.alloc(5_000), [4_999]));
      const deadLetters = [letterOf(String(number))];
      await state.acknowledged(job, run, stepOf({ progress: { collectedTo: number }, deadLetters }));
      writeSync(notes, `${number}\n`);
    }
  },
  /** Takes and releases the lease again and again; gives how often it had it, and how often together with another. */
  async race(job: string, marker: string, rounds: number): Promise<{ had: number; together: number }> {
    let [had, together] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      const lease = await state.takeLease(job);
      if (lease.kind === 'lease') {
        had++;
        if (!(await isAlone(marker))) together++;
        await lease.release();
      }
      await delay(Math.random() * 3);
    }
    return { had, together };
  },
} as const;

async function isAlone(marker: string): Promise<boolean> {
  try {
    closeSync(openSync(marker, 'wx'));
  } catch {
    return false;
  }
  await delay(Math.random() * 2);
  unlinkSync(marker);
  return true;
}

process.on('message', async ({ action, values }: Order) => {
  let answer: Answer;
  try {
    answer = { value: await (ACTIONS[action] as (...values: unknown[]) => unknown)(...values) };
  } catch (caught) {
    const { name, message, isBusy = false } = caught as Error & { isBusy?: boolean };
    answer = { error: { name, message, isBusy } };
  }
  process.send?.(answer);
});
