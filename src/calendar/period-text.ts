import { formatDate, isoSeconds } from './date-time.ts';
import type { Period } from './period.ts';

/** The date on which a period begins, or date and hour of UTC: `--from` and `--to` read it as well. */
export const periodText = (length: Period, start: number): string =>
  length === 'hour' ? isoSeconds(start) : formatDate(start);
