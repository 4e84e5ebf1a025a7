import { PERIODS, startOfPeriod } from '../calendar/period.ts';
import type { StoredRecord } from './store.ts';
import { formatInstant } from './timestamp.ts';

/**
 * A record as the platform shows it, as JSON text: what was sent, `_updated_at`, and the start in UTC of each period
 * that holds `_timestamp` (`_hour_start_at` to `_year_start_at`).
 */
export function readableRecord(record: StoredRecord): string {
  const instant = Date.parse(record.timestamp);
  const starts = PERIODS.map(
    (period) => `,"_${period}_start_at":"${formatInstant(startOfPeriod(period, instant))}"`,
  );
  return `${record.json.slice(0, -1)},"_updated_at":"${record.updatedAt}"${starts.join('')}}`;
}
