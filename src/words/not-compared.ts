import type { Period } from '../calendar/period.ts';

const LIKE: Readonly<Record<Period, string>> = {
  hour: 'hours at the same time of day',
  day: 'days of the same weekday',
  week: 'weeks',
  month: 'months',
  quarter: 'quarters',
  year: 'years',
};

/**
 * Why `expect.change` compares nothing yet: `the next day is not compared yet: 3 days of the same weekday before it are
 * needed, and 1 is known`. Undefined: it does.
 */
export function notComparedText(
  length: Period,
  { known, needed }: { readonly known: number; readonly needed: number },
): string | undefined {
  if (known >= needed) return undefined;
  const found = `${known === 0 ? 'none' : known} ${known > 1 ? 'are' : 'is'} known`;
  return `the next ${length} is not compared yet: ${needed} ${LIKE[length]} before it are needed, and ${found}`;
}
