import { HOUR, MINUTE, SECOND } from '../calendar/durations.ts';
import type { CursorValue } from './query.ts';

/** Rows of a cursor job that appear behind its position: it has gone past them, and no run collects them. */

type Position = readonly CursorValue[];

/** Rows that are looked at again, at most. */
export const MOST_ROWS = 1_000;

/** What a run has read last, to be looked at again. */
export interface Stretch {
  /** All its rows come after this position. */
  readonly after: Position;
  /** Where it ends. */
  readonly end: Position;
  /** What `:until` was, epoch milliseconds. */
  readonly until: number;
  /** By the database's clock, epoch milliseconds. */
  readonly readAt: number;
  /** Of each row a fingerprint of its position. */
  readonly rows: readonly string[];
}

/** What has come of looking again. */
export interface RowsBehind {
  /** Of the job: with others, or another lag, everything begins anew. */
  readonly rules: string;
  /** Milliseconds. */
  readonly lag: number;
  /** Undefined: no run has read anything since the last look. */
  readonly stretch?: Stretch | undefined;
  readonly looks: number;
  /** That were looked at, in all. */
  readonly rows: number;
  /** That had appeared behind the position. */
  readonly behind: number;
  /** Milliseconds by which the latest of them came later than its position says, at least; 0 where that is no time. */
  readonly late: number;
}

/** What one look has found. */
export type Look = Pick<RowsBehind, 'rows' | 'behind' | 'late'>;

export const addLook = (known: RowsBehind, look: Look): RowsBehind => ({
  ...known,
  looks: known.looks + 1,
  rows: known.rows + look.rows,
  behind: known.behind + look.behind,
  late: Math.max(known.late, look.late),
});

/** What to try as lag next, in milliseconds: how late a row came is known only from below. Undefined: it is long enough. */
export function longerLag({ behind, late, lag }: RowsBehind): number | undefined {
  if (behind === 0) return undefined;
  const longer = 2 * Math.max(lag, late);
  const unit = longer < 2 * MINUTE ? SECOND : longer < 2 * HOUR ? MINUTE : HOUR;
  return Math.ceil(longer / unit) * unit;
}
