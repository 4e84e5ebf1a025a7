import type { Job } from '../config/config.ts';

/** How many rows a query is expected to give: with fewer or more of them none leaves. */
export interface ExpectedRows {
  readonly least: number;
  readonly most: number | undefined;
}

export const ANY_ROWS: ExpectedRows = { least: 0, most: undefined };

export const expectedRows = ({ expect }: Job): ExpectedRows => ({
  least: expect.min_rows,
  most: expect.max_rows,
});

/** How many rows a query gave that is not what was expected. */
export interface UnexpectedRows {
  readonly reason: string;
  readonly remedy: string;
}

/** @param rows that were read so far; with too many of them no others are read */
export function unexpectedRows(rows: number, { least, most }: ExpectedRows): UnexpectedRows | undefined {
  if (rows < least) {
    return {
      reason: `too few rows: ${rows}, and expect.min_rows is ${least}`,
      remedy:
        'See that the table is filled before the run, or lower expect.min_rows where so few rows are right.',
    };
  }
  if (most === undefined || rows <= most) return undefined;
  return {
    reason: `too many rows: more than the ${most} of expect.max_rows`,
    remedy:
      'Look for rows that were imported twice and joins that double them, or raise expect.max_rows where so many rows are right.',
  };
}
