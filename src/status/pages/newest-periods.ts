import { addPeriods } from '../../calendar/period.ts';
import type { JobRecords } from '../../model/figures.ts';

/**
 * The newest periods without holes, up to the present one, oldest first; a single one with a wrong date must not stretch
 * them.
 */
export function newestPeriods({ length, periods }: JobRecords, present: number, most: number): number[] {
  const shown = periods.filter(({ period }) => period <= present).slice(-most);
  const [first, last] = [shown[0]?.period, shown.at(-1)?.period];
  if (first === undefined || last === undefined) return [];
  const starts: number[] = [];
  for (let start = last; start >= first && starts.length < most; start = addPeriods(length, start, -1))
    starts.unshift(start);
  return starts;
}
