import type { Random } from '../../test/faults/random.ts';

/** What a run does. */
export interface RunWork {
  /** How long the database works on the query, milliseconds. */
  readonly query: number;
  /** Processor time in the replica, milliseconds. */
  readonly processor: number;
}

/**
 * Processor time of a run: docs/performance.md has 0.33 s at 1,000 rows and 2.32 s at 1,000,000, the start of a process
 * included, which a daemon does not have. Milliseconds.
 */
const [BASE, EACH_ROW] = [330, 0.002];

/** Of most jobs a few rows, of few very many: the middle, and the spread of the logarithm. */
const ROWS = { middle: 300, spread: 2 };
const QUERY_SPREAD = 1;

/** @param queryMiddle half of all queries take less, milliseconds */
export function someWork(random: Random, queryMiddle: number): RunWork {
  const rows = ROWS.middle * Math.exp(ROWS.spread * normal(random));
  return {
    query: queryMiddle * Math.exp(QUERY_SPREAD * normal(random)),
    processor: BASE + EACH_ROW * rows,
  };
}

/** A number of the standard normal distribution (Box and Muller). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
