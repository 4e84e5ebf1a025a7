import { DecimalSum } from '../model/decimal-sum.ts';

/** What there is of a number in some records: of a period, of a value, of both. */
export interface Tally {
  /** How many records there are. */
  readonly records: number;
  /** How many of them have no number there. */
  readonly missing: number;
  /** How many of those say that it was suppressed. */
  readonly suppressed: number;
  /** The sum of the numbers, as decimal text; 0 where there are none. */
  readonly sum: string;
}

export const NOTHING: Tally = { records: 0, missing: 0, suppressed: 0, sum: '0' };

/** How many numbers the sum is of. */
export const numbersIn = ({ records, missing }: Tally): number => records - missing;

/** Of all records together, exact. */
export function together(tallies: readonly Tally[]): Tally {
  const [first] = tallies;
  if (first === undefined) return NOTHING;
  if (tallies.length === 1) return first;
  const total = (count: (tally: Tally) => number) => tallies.reduce((sum, tally) => sum + count(tally), 0);
  const sum = new DecimalSum();
  for (const tally of tallies) sum.addText(tally.sum);
  return {
    records: total(({ records }) => records),
    missing: total(({ missing }) => missing),
    suppressed: total(({ suppressed }) => suppressed),
    sum: sum.text,
  };
}
