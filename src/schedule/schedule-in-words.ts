import cronstrue from 'cronstrue';
import { readPattern } from './cron-pattern.ts';

/** After how many values the fields second, minute, hour, month and day of week begin anew; days of a month differ. */
const CYCLES = [60, 60, 24, undefined, 12, 7];

/** A schedule without mistakes in English, with hours from 00 to 23: "At 06:30, every day". */
export function scheduleInWords(schedule: string): string {
  const { fields, values } = readPattern(schedule);
  const even = fields.map((field, index) => withoutUnevenSteps(field, values[index] ?? [], CYCLES[index]));
  const words = cronstrue.toString(even.join(' '), { use24HourTimeFormat: true });
  const [, , hour, ...date] = even;
  return hour !== '*' && date.every((field) => field === '*') ? `${words}, every day` : words;
}

/** A step of 7 in minutes is not "every 7 minutes": after 56 comes 0. */
function withoutUnevenSteps(field: string, values: readonly number[], cycle: number | undefined): string {
  const [, step] = /^\*\/(\d+)$/.exec(field) ?? [];
  return step === undefined || cycle === undefined || cycle % Number(step) === 0 ? field : values.join(',');
}
