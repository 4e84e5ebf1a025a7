import { readPattern } from '../cron/cron-pattern.ts';
import type { Refusal, ScheduledJob } from './exportable.ts';

/** Schedules for schedulers that read the five fields of cron. */

/** How a scheduler reads them. */
export interface FiveFieldsReader {
  /** What messages call it. */
  readonly name: string;
  /**
   * Whether it wants both days fitted where a field of days begins with `*`, as Vixie's cron does. Others know only that
   * one of them is enough.
   */
  readonly joinsDays: boolean;
}

const [SECOND, DAY, WEEKDAY] = [0, 3, 5];

/** What stands against a job's times at such a scheduler, by the key that says them. */
export type RefusedKey = Refusal & { readonly key: 'schedule' | 'jitter' };

/** The schedule in five fields of numbers, `*`, ranges, lists and steps. */
export function fiveFields(
  { schedule, jitter }: ScheduledJob,
  { name, joinsDays }: FiveFieldsReader,
): string | RefusedKey {
  const { fields, values, days } = readPattern(schedule);
  const refused = (key: RefusedKey['key'], expected: string, got: string, suggestion: string) => ({
    key,
    message: `expected ${expected} that ${name} can be told, got ${got}`,
    suggestion,
  });
  const seconds = values[SECOND] ?? [];
  if (seconds.length !== 1 || seconds[0] !== 0)
    return refused('schedule', 'times', 'one with seconds', 'begin at whole minutes, with five fields');
  if (days === 'both' && !joinsDays && fields[DAY] !== '*' && fields[WEEKDAY] !== '*') {
    const got = 'days of the month that must be days of the week, too';
    return refused('schedule', 'days', got, 'restrict one of the two, or make two jobs of it');
  }
  if (jitter > 0)
    return refused('jitter', 'times', 'some that are spread', 'leave jitter out, or set it to 0s');
  const weekdays = fields[WEEKDAY]?.includes('7') ? (values[WEEKDAY] ?? []).join() : fields[WEEKDAY];
  return [...fields.slice(1, WEEKDAY), weekdays].join(' ');
}
