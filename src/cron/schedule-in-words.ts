import cronstrue from 'cronstrue';
import { type CronPattern, readPattern } from './cron-pattern.ts';

const WEEKDAYS = ['Sundays', 'Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays'];

/**
 * The days of a schedule that restricts both days of the month and of the week: "on the 1st to 7th and on Mondays
 * (either)", "on Mondays that are the 1st to 7th of the month".
 *
 * @param weekdays Sunday is 0
 */
function daysInWords(days: readonly number[], weekdays: readonly number[], fit: 'both' | 'either'): string {
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

/** After how many values the fields second, minute and hour begin anew. */
const CYCLES = [60, 60, 24];

/** A schedule without mistakes in English, with hours from 00 to 23: "At 06:30, every day". */
export function scheduleInWords(schedule: string): string {
  const pattern = readPattern(schedule);
  const isOnceAnHour = pattern.values.slice(0, 2).every(({ length }) => length === 1);
  const fields = pattern.fields.map((field, index) =>
    plainField(field, pattern.values[index] ?? [], isOnceAnHour || index < 2 ? CYCLES[index] : undefined),
  );
  const [second, minute, hour, day, month, weekday] = fields;
  const say = (...date: readonly (string | undefined)[]) =>
    withHours(cronstrue.toString([second, minute, hour, ...date].join(' '), { use24HourTimeFormat: true }));
  const time = say('*', '*', '*');
  if ([day, month, weekday].every((field) => field === '*'))
    return hour === '*' ? time : `${time}, every day`;
  if (day === '*' || weekday === '*') return say(day, month, weekday);
  return `${time}, ${daysOf(pattern)}${say('*', month, '*').slice(time.length)}`;
}

/**
 * Ticks of these hours are not at their beginnings: "Every 15 minutes, at 06:00" is "Every 15 minutes, in the hour 06".
 */
const withHours = (words: string): string =>
  words.replace(
    /, at (\d\d:00(?:(?:, and |, | and )\d\d:00)*)/,
    (_, hours: string) =>
      `, in the hour${hours.length > 5 ? 's' : ''} ${hours.replaceAll(':00', '').replace(', and', ' and')}`,
  );

function daysOf({ values, days }: CronPattern): string {
  return daysInWords(values[3] ?? [], values[5] ?? [], days);
}

/**
 * The field as a number, a range, a list of numbers, or a step that fills a minute, an hour or a day; nothing else is
 * told truly.
 */
function plainField(field: string, values: readonly number[], cycle: number | undefined): string {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(field) ?? [];
  if (field === '*' || /^\d+$/.test(field) || (first !== undefined && first !== last)) return field;
  const [, start, step] = /^(\*|\d+-\d+)\/(\d+)$/.exec(field) ?? [];
  const isEven = start !== '*' || (cycle ?? 0) % Number(step) === 0;
  return step !== undefined && cycle !== undefined && isEven && values.length > 2 ? field : values.join(',');
}
