import type { Finding } from '../config/finding.ts';
import { readPattern } from '../cron/cron-pattern.ts';
import { type Exportable, type Refusal, refusedJob, type ScheduledCommand } from './exportable.ts';

/** Schedules for schedulers that read the five fields of cron. */

/** How a scheduler reads them. */
export interface FiveFieldsReader {
  /** What messages call it. */
  readonly name: string;
  /**
   * Whether it reads days as Vixie's cron does: both must fit where one of their fields begins with `*`, and 7 is a
   * Sunday. Others have no 7, and know a step for a restriction like any other, of which one is enough.
   */
  readonly isVixies: boolean;
}

const [SECOND, DAY, WEEKDAY] = [0, 3, 5];

/** What stands against a job's times at such a scheduler, by the key that says them. */
export type RefusedKey = Refusal & { readonly key: 'schedule' | 'jitter' };

/** The schedule in five fields of numbers, `*`, ranges, lists and steps. */
export function fiveFields(
  { schedule, jitter }: Pick<ScheduledCommand, 'schedule' | 'jitter'>,
  { name, isVixies }: FiveFieldsReader,
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
  if (days === 'both' && !isVixies && fields[DAY] !== '*' && fields[WEEKDAY] !== '*') {
    const got = 'days of the month that must be days of the week, too';
    return refused('schedule', 'days', got, 'restrict one of the two, or make two jobs of it');
  }
  if (jitter > 0)
    return refused('jitter', 'times', 'some that are spread', 'leave jitter out, or set it to 0s');
  const isForeign = !isVixies && fields[WEEKDAY]?.includes('7') === true;
  const weekdays = isForeign ? values[WEEKDAY]?.join() : fields[WEEKDAY];
  return [...fields.slice(1, WEEKDAY), weekdays].join(' ');
}

/** What stands against the times of a command, at the key of the job's file that says them. */
export const refusedTimes = (
  exportable: Exportable,
  { job, path }: ScheduledCommand,
  refused: RefusedKey,
): Finding => refusedJob(exportable, job, refused.key === 'schedule' ? path : [refused.key], refused);
