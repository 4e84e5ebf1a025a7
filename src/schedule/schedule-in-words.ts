import cronstrue from 'cronstrue';
import { type CronPattern, readPattern } from './cron-pattern.ts';
import { daysInWords } from './days-in-words.ts';

/** After how many values the fields second, minute and hour begin anew. */
const CYCLES = [60, 60, 24];

/** A schedule without mistakes in English, with hours from 00 to 23: "At 06:30, every day". */
export function scheduleInWords(schedule: string): string {
  const pattern = readPattern(schedule);
  const fields = pattern.fields.map((field, index) => plainField(field, pattern.values[index] ?? [], index));
  const [second, minute, hour, day, month, weekday] = fields;
  const say = (...date: readonly (string | undefined)[]) =>
    cronstrue.toString([second, minute, hour, ...date].join(' '), { use24HourTimeFormat: true });
  const time = say('*', '*', '*');
  if ([day, month, weekday].every((field) => field === '*'))
    return hour === '*' ? time : `${time}, every day`;
  if (day === '*' || weekday === '*') return say(day, month, weekday);
  return `${time}, ${daysOf(pattern)}${say('*', month, '*').slice(time.length)}`;
}

function daysOf({ values, days }: CronPattern): string {
  return daysInWords(values[3] ?? [], values[5] ?? [], days);
}

/** The field as a number, a range, a list of numbers, or a step that fills a minute, an hour or a day; nothing else is told truly. */
function plainField(field: string, values: readonly number[], index: number): string {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(field) ?? [];
  if (field === '*' || /^\d+$/.test(field) || (first !== undefined && first !== last)) return field;
  const [, start, step] = /^(\*|\d+-\d+)\/(\d+)$/.exec(field) ?? [];
  const cycle = CYCLES[index];
  const isEven = start !== '*' || (cycle ?? 0) % Number(step) === 0;
  return step !== undefined && cycle !== undefined && isEven && values.length > 2 ? field : values.join(',');
}
