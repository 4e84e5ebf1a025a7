import { DecimalSum } from '../../model/decimal-sum.ts';
import { addSummed, MOST_KEPT, type Summed, shortest } from './month-sums.ts';

type Numbers = Summed[1][number];

/**
 * What was added up of the days of a month, as if it had been added up of the month; null where only the records can
 * tell, of one of the days or because there is too much.
 *
 * @param days of each what MonthSums gives
 */
export function daysTogether(days: readonly (readonly Summed[] | null)[]): readonly Summed[] | null {
  const groups = new Map<
    string,
    { readonly values: readonly string[]; readonly all: Map<number, Numbers[]> }
  >();
  let tallies = 0;
  for (const day of days) {
    if (day === null) return null;
    for (const [values, own] of day) {
      const key = JSON.stringify(values);
      const group = groups.get(key) ?? { values, all: new Map<number, Numbers[]>() };
      groups.set(key, group);
      for (const numbers of own) {
        const same = group.all.get(Number(numbers[0]));
        if (same !== undefined) same.push(numbers);
        else {
          tallies += 1;
          group.all.set(Number(numbers[0]), [numbers]);
        }
      }
    }
  }
  if (tallies > MOST_KEPT) return null;
  return Array.from(groups.values(), ({ values, all }) => [values, Array.from(all.values(), together)]);
}

/** Of the same day, or of the month: whole numbers, and of each field two of them and a sum. */
function together(all: readonly Numbers[]): Numbers {
  const [first = []] = all;
  if (all.length === 1) return first;
  return first.map((number, index) => {
    if (index === 0) return number;
    const sum = new DecimalSum();
    for (const numbers of all) addSummed(sum, numbers[index] ?? 0);
    return shortest(sum.text);
  });
}
