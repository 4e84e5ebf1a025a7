import type { PeriodSums } from '../model/data-set-reader.ts';
import { DecimalSum } from '../model/decimal-sum.ts';
import type { DayDifference } from '../model/verification.ts';
import type { DaySum, FieldSum } from './day-sums.ts';

/** Half of the distance from 1 to the next double: as much of a result as one rounding may change. */
const ROUNDING = 2 ** -53;
/** Roundings beside those of the additions: what is read, what is written. */
const FURTHER_ROUNDINGS = 2;

/** How a day differs; empty: it does not. */
export function compareDay(
  start: string,
  source: DaySum | undefined,
  dataSet: Pick<PeriodSums, 'count' | 'sums'>,
  fields: readonly string[],
): readonly DayDifference[] {
  const count = source?.count ?? 0;
  const sums = fields.flatMap((field) => {
    const [own, other] = [source?.sums.get(field), dataSet.sums.get(field)];
    return isSameSum(own, other, count) ? [] : [{ field, source: own?.sum.text, dataSet: other }];
  });
  if (count === dataSet.count && sums.length === 0) return [];
  return [{ start, count: { source: count, dataSet: dataSet.count }, sums }];
}

/**
 * Whether a sum is that of the source. Whole numbers below 2⁵³ are added exactly by everybody. Others may have been added
 * as doubles, in any order: then each addition may have rounded, and what that can come to at most is no difference.
 */
export function isSameSum(source: FieldSum | undefined, dataSet: string | undefined, count: number): boolean {
  if (source === undefined || dataSet === undefined) return source === undefined && dataSet === undefined;
  const difference = new DecimalSum();
  difference.addSum(source.sum);
  difference.addText(dataSet, -1);
  if (difference.text === '0') return true;
  const magnitude = Number(source.magnitude.text);
  if (source.isWhole && magnitude < 2 ** 53) return false;
  return Math.abs(Number(difference.text)) <= (count + FURTHER_ROUNDINGS) * ROUNDING * magnitude;
}
