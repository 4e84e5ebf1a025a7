import { nearestWithinYears } from '../calendar/date-time.ts';
import { wallClockAt } from '../calendar/zone.ts';
import type { Parameter } from '../model/query.ts';
import type { Client } from './sql-tokens.ts';

/** A parameter of a statement, with its value as the database takes it. */
export interface BoundParameter {
  readonly name: string;
  readonly kind: Parameter['kind'];
  readonly text: string;
}

/** Whether it is a value of a cursor, whose type only the column knows with which it is compared. */
export const isCursorValue = ({ kind }: BoundParameter): boolean =>
  kind !== 'instant' && kind !== 'date' && kind !== 'zone';

/**
 * A parameter as the database takes it: an instant is the wall clock of the database's zone, so that it compares with
 * columns that carry no zone, and carries its offset where the database understands one. The values of a cursor go back as they
 * came.
 */
export function parameterText(parameter: Parameter, client: Client, zone: string): string {
  if (parameter.kind === 'date') return parameter.date;
  if (parameter.kind === 'zone') return client === 'mysql2' ? mysqlZone(parameter.zone) : parameter.zone;
  if (parameter.kind !== 'instant') return parameter.text;
  const { epochMilliseconds } = parameter;
  const wallClock = wallClockAt(epochMilliseconds, zone);
  const [date = '', time = ''] = new Date(nearestWithinYears(wallClock))
    .toISOString()
    .replace(/(\.000)?Z$/, '')
    .split('T');
  if (client === 'pg') return `${date} ${time}${offsetText(wallClock - epochMilliseconds)}`;
  // SQLite compares texts, and `2014-06-01` is not after any way of writing the first moment of that day.
  if (client === 'better-sqlite3' && time === '00:00:00') return date;
  return `${date} ${time}`;
}

/** A zone as MySQL takes it: the name UTC is known only to servers that have loaded their zone tables. */
export const mysqlZone = (zone: string): string => (zone === 'UTC' || zone === 'Etc/UTC' ? '+00:00' : zone);

/** Milliseconds east of UTC as PostgreSQL prints them: `+01`, `-03:30`; zones of long ago have seconds as well. */
function offsetText(milliseconds: number): string {
  const seconds = Math.abs(milliseconds) / 1_000;
  const parts = [seconds / 3_600, (seconds / 60) % 60, seconds % 60].map(Math.floor);
  while (parts.length > 1 && parts.at(-1) === 0) parts.pop();
  return `${milliseconds < 0 ? '-' : '+'}${parts.map((part) => String(part).padStart(2, '0')).join(':')}`;
}
