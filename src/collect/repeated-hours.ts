import { DAY, HOUR } from '../calendar/durations.ts';
import { wallClockAt } from '../calendar/zone.ts';
import type { CursorSettings } from '../config/schema/job-schema.ts';
import type { Column } from '../model/row.ts';
import { MappingError } from '../records/not-a-record.ts';

/** The hour that comes twice, and the hour before it. */
const SAFE_LAG = 2 * HOUR;

/**
 * Throws MappingError for a cursor over local times in a zone whose clocks are set back: in the hour that
 * comes twice new rows have times that the cursor has passed. With a lag of two hours it passes none before
 * both are over.
 *
 * @param zone of the database @param now epoch milliseconds
 */
export function refuseRepeatedHours(
  { columns, lag }: CursorSettings,
  all: readonly Column[],
  zone: string,
  now: number,
): void {
  const local = all.find(({ name, kind }) => kind === 'local-datetime' && columns.includes(name));
  if (local === undefined || lag >= SAFE_LAG || !changesClocks(zone, now)) return;
  throw new MappingError(
    `cursor column ${local.name} holds local times of ${zone}, where an hour comes twice in autumn: rows written ` +
      'then would be skipped',

    'Use a column with time zone or a serial number, set timezone: UTC on the database if that is what it holds, ' +
      'or set cursor.lag to 2h or more.',
  );
}

function changesClocks(zone: string, now: number): boolean {
  const offsets = Array.from({ length: 13 }, (_, month) => {
    const instant = now + month * 30 * DAY;
    return wallClockAt(instant, zone) - instant;
  });
  return new Set(offsets).size > 1;
}
