import { readPattern } from '../../cron/cron-pattern.ts';

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
/** Second, minute and hour: from which value on, and up to which. Day and month. */
const RANGES = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
] as const;

/**
 * A cron expression without mistakes as values of systemd's `OnCalendar`, any of which may come true: one, or two where
 * days of the month or days of the week are meant.
 */
export function onCalendar(schedule: string, zone: string): readonly string[] {
  const { values, days, fields } = readPattern(schedule);
  const [second, minute, hour, dates, month] = RANGES.map((range, index) => unit(values[index] ?? [], range));
  const [, , , anyDay, , anyWeekday] = fields.map((field) => field === '*');
  // Where days of the week exclude nothing, days of the month do not either.
  const day = anyDay ? '*' : (dates ?? '*');
  const weekdays = anyWeekday ? '' : `${weekdaysText(values[5] ?? [])} `;
  const at = (week: string, date: string) => `${week}*-${month}-${date} ${hour}:${minute}:${second} ${zone}`;
  if (days === 'either' && !anyDay && !anyWeekday) return [at('', day), at(weekdays, '*')];
  return [at(weekdays, day)];
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** `*`, `00/15` or `06..08,12`. */
function unit(values: readonly number[], [first, last]: readonly [number, number]): string {
  if (values.length === last - first + 1) return '*';
  const [start = first, next] = values;
  const step = next === undefined ? 0 : next - start;
  const isStep = values.every((value, index) => value === start + index * step);
  if (values.length > 2 && step > 1 && isStep && (values.at(-1) ?? last) + step > last)
    return `${twoDigits(start)}/${step}`;
  return runsOf(values, twoDigits);
}

const weekdaysText = (values: readonly number[]): string =>
  runsOf(
    values.map((day) => (day + 6) % 7).toSorted((one, other) => one - other),
    (day) => WEEKDAYS[day] ?? '',
  );

/** `Mon..Wed,Fri` */
function runsOf(values: readonly number[], name: (value: number) => string): string {
  const parts: string[] = [];
  for (let index = 0; index < values.length; ) {
    let end = index;
    while (values[end + 1] === (values[end] ?? 0) + 1) end += 1;
    const [first, last] = [name(values[index] ?? 0), name(values[end] ?? 0)];
    if (end === index) parts.push(first);
    else parts.push(`${first}${end - index > 1 ? '..' : ','}${last}`);
    index = end + 1;
  }
  return parts.join();
}
