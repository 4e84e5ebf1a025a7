import { PERIODS, startOfPeriod } from '../../calendar/period.ts';
import { formatTimestamp } from '../records/timestamp.ts';
import type { StoredRecord } from '../store/stored-record.ts';

/** Keys of a record that are the platform's, and their texts. */
export type PlatformFields = readonly (readonly [key: string, text: string])[];

/**
 * A record as the platform shows it, as JSON text: what was sent, `_updated_at`, and the start in UTC of each period
 * that holds `_timestamp` (`_hour_start_at` to `_year_start_at`).
 */
export function readableRecord(record: StoredRecord): string {
  const { json } = periodsOf(record.timestamp);
  return `${record.json.slice(0, -1)},"_updated_at":"${record.updatedAt}"${json}}`;
}

/** What `readableRecord` adds to what was sent. */
export function platformFields({ timestamp, updatedAt }: StoredRecord): PlatformFields {
  return [['_updated_at', updatedAt], ...periodsOf(timestamp).fields];
}

interface Periods {
  readonly hour: string;
  readonly fields: PlatformFields;
  readonly json: string;
}

/** Neighbours share their periods more often than not. */
let latest: Periods = { hour: '', fields: [], json: '' };

function periodsOf(timestamp: string): Periods {
  const hour = timestamp.slice(0, 13);
  if (hour === latest.hour) return latest;
  const instant = Date.parse(timestamp);
  const fields = PERIODS.map(
    (period) => [`_${period}_start_at`, formatTimestamp(startOfPeriod(period, instant))] as const,
  );
  latest = { hour, fields, json: fields.map(([key, text]) => `,"${key}":"${text}"`).join('') };
  return latest;
}
