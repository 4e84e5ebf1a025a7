const WEEKDAYS = ['Sundays', 'Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays'];

/**
 * The days of a schedule that restricts both days of the month and of the week: "on the 1st to 7th and on Mondays
 * (either)", "on Mondays that are the 1st to 7th of the month".
 *
 * @param weekdays Sunday is 0
 */
export function daysInWords(
  days: readonly number[],
  weekdays: readonly number[],
  fit: 'both' | 'either',
): string {
  const mondayFirst = weekdays.map((day) => (day + 6) % 7).sort((one, other) => one - other);
  const names = (word: string) => listOf(mondayFirst, (day) => WEEKDAYS[(day + 1) % 7] ?? '', word);
  if (fit === 'either') return `on the ${listOf(days, ordinal, 'and')} and on ${names('and')} (either)`;
  return `on ${names('and')} that are the ${listOf(days, ordinal, 'or')} of the month`;
}

/** `1st, 3rd and 5th`, with `5th to 9th` for three and more that follow each other. */
function listOf(values: readonly number[], name: (value: number) => string, word: string): string {
  const parts: string[] = [];
  for (let index = 0; index < values.length; ) {
    const first = values[index] ?? 0;
    let last = index;
    while (values[last + 1] === (values[last] ?? 0) + 1) last += 1;
    const isRange = last - index >= 2;
    parts.push(isRange ? `${name(first)} to ${name(values[last] ?? first)}` : name(first));
    index = isRange ? last + 1 : index + 1;
  }
  const end = parts.pop() ?? '';
  return parts.length === 0 ? end : `${parts.join(', ')} ${word} ${end}`;
}

function ordinal(day: number): string {
  const isTeen = day > 10 && day < 20;
  return `${day}${isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')}`;
}
