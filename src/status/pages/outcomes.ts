import type { RunOutcome, RunResult } from '../../model/run.ts';

/** What colour says; words and shape always say it, too. */
export type Tone = 'good' | 'warn' | 'bad' | 'calm';

/** A picture of `icon.ts`. */
export type Shape = 'check' | 'ring' | 'triangle' | 'cross' | 'clock' | 'square' | 'skip' | 'play' | 'dashed';

export interface Look {
  readonly words: string;
  readonly tone: Tone;
  readonly shape: Shape;
}

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
