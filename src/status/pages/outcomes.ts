import type { Look } from '../../look/icon.ts';
import type { RunOutcome, RunResult } from '../../model/run.ts';

export const OUTCOMES: Readonly<Record<RunOutcome, Look>> = {
  succeeded: { words: 'Succeeded', tone: 'good', shape: 'check' },
  empty: { words: 'No rows', tone: 'good', shape: 'ring' },
  partial: { words: 'Partly delivered', tone: 'warn', shape: 'triangle' },
  not_ready: { words: 'Not ready', tone: 'warn', shape: 'clock' },
  failed: { words: 'Failed', tone: 'bad', shape: 'cross' },
  interrupted: { words: 'Interrupted', tone: 'calm', shape: 'square' },
  skipped: { words: 'Skipped', tone: 'calm', shape: 'skip' },
};

/** Milliseconds. */
export const durationOf = ({ startedAt, endedAt }: RunResult): number => Math.max(endedAt - startedAt, 0);
