import { grouped } from '../../src/words/counts.ts';

/** What values of a figure are; times are written as they are, sizes and rates by their thousands. */
export type Unit = 'times' | 'part' | 'bytes' | 'seconds' | 'per second' | 'number';

/** One thing that was measured, in the words of the table that is printed. */
export interface Figure {
  /** The suite that measures it and its name there: `postgresql/rate`. */
  readonly id: string;
  readonly what: string;
  readonly unit: Unit;
  readonly value: number;
  /** What `value` is made of: the values of the rounds, or of the variants by name, each in its own unit. */
  readonly rounds: Readonly<Record<string, readonly number[]>>;
}

/** What could not be measured here, and why. */
export interface Omission {
  readonly what: string;
  readonly because: string;
}

export interface Findings {
  readonly figures: readonly Figure[];
  readonly omissions: readonly Omission[];
}

/** A value as people read it: `3.42 ×`, `24.1 %`, `126 MB`, `0.84 s`, `3.2 ms`, `226,000/s`. */
export function valueText(value: number, unit: Unit): string {
  switch (unit) {
    case 'times':
      return `${value.toFixed(2)} ×`;
    case 'part':
      return `${(value * 100).toFixed(value < 0.01 ? 2 : 1)} %`;
    case 'bytes':
      return `${(value / 1_000_000).toFixed(1)} MB`;
    case 'seconds':
      return value < 0.1 ? `${(value * 1_000).toFixed(1)} ms` : `${value.toFixed(2)} s`;
    case 'per second':
      return `${grouped(Math.round(value))}/s`;
    case 'number':
      return grouped(Math.round(value));
  }
}
