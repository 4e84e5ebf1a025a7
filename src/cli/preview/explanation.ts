import type { Period } from '../../calendar/period.ts';
import type { Job } from '../../config/config.ts';
import type { RecordEncoder } from '../../records/compile-records.ts';
import { idPartsOf, idSettingsOf, partText } from '../../records/id-parts.ts';

const STYLES = {
  sha256: 'the first 32 hex digits of the SHA-256 of the JSON array of',
  'pp-db-collector-template': 'the MD5 of the row’s plain texts, joined, of',
  base64: 'the base64, joined, of',
  base64url: 'the URL-safe base64, joined, of',
  plain: 'the texts, joined, of',
} as const;

/** Where the `_timestamp` and the `_id` of a job's records come from, in two lines. */
export function explainRecords(job: Job, encoder: RecordEncoder): string {
  const { style } = idSettingsOf(job.record.id);
  const parts = idPartsOf(job.record.id).map(partText).join(', ');
  return `_timestamp: ${timestampText(job, encoder)}\n_id: ${STYLES[style]} ${parts}\n`;
}

function timestampText(job: Job, { timestampColumn: column }: RecordEncoder): string {
  const value = column === undefined ? 'the time of the run' : `column ${column.name} (${column.type})`;
  const period = periodOf(job);
  return period === undefined ? `${value}, in UTC` : `${periodText(period, job.timezone)} ${value}`;
}

const periodOf = (job: Job): Period | undefined => job.window?.period ?? job.snapshot?.period;

/** The same as data. */
export function recordsExplained(job: Job, encoder: RecordEncoder) {
  const { name = null, type = null } = encoder.timestampColumn ?? {};
  const timestamp = { column: name, type, period: periodOf(job) ?? null, timezone: job.timezone };
  return { timestamp, id: idSettingsOf(job.record.id) };
}

function periodText(period: Period, timezone: string): string {
  if (period === 'hour') return 'start of the hour, in UTC, of';
  return `midnight UTC of the date in ${timezone} on which the ${period} begins that holds`;
}
