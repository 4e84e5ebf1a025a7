import type { Preview } from '../../advice/preview-rows.ts';
import { isoTime } from '../../calendar/date-time.ts';
import type { Complete } from '../../config/config.ts';
import type { DataRecord } from '../../model/record.ts';
import type { RawValue } from '../../model/row.ts';
import type { RecordEncoder } from '../../records/compile-records.ts';
import { idSettingsOf } from '../../records/id-parts.ts';
import { exactNumbers } from '../shell/json.ts';

/** For `--json`. */
export function previewJson({ job, window, encoder, columns, rows, warnings }: Preview) {
  return {
    job: job.name,
    window: window === undefined ? null : { from: isoTime(window.from), to: isoTime(window.to) },
    ...explanationJson(job, encoder),
    warnings,
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: rows.map(({ row, record, problem }) => ({
      row: row.map(rawText),
      record: record === undefined ? null : fieldsOf(record),
      problem: problem === undefined ? null : { message: problem.message, remedy: problem.remedy },
    })),
  };
}

export const fieldsOf = (record: DataRecord): Readonly<Record<string, unknown>> =>
  JSON.parse(record.json, exactNumbers);

function rawText(value: RawValue): string | null {
  if (value === null) return null;
  return value instanceof Uint8Array ? `<${value.length} bytes>` : String(value);
}

/** Where `_timestamp` and `_id` come from. */
function explanationJson(job: Complete, encoder: RecordEncoder) {
  const { name = null, type = null } = encoder.timestampColumn ?? {};
  const timestamp = { column: name, type, period: encoder.period ?? null, timezone: job.timezone };
  return { timestamp, id: idSettingsOf(job.record.id), left_out: job.leftOut ?? [] };
}
