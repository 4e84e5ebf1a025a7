import type { Work } from './work.ts';

/**
 * The tables whose rows have numbers that are never given again, as people note them, and as those of runs tell what was
 * read later.
 */
export const NUMBERED = ['runs', 'dead_letters', 'pending_snapshots', 'pending_batches'] as const;

export type NumberedTable = (typeof NUMBERED)[number];

/** How a database remembers the numbers that it has given. */
export interface Numbers {
  /** What SQL writes for the number of a new run. */
  readonly ofNewRun: string;
  /** The last one; 0: none yet. */
  lastOf(table: NumberedTable): Work<number>;
  /** The next one is greater than this. */
  goOnAfter(table: NumberedTable, last: number): Work<unknown>;
}
