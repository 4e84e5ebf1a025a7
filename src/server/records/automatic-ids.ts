import type { ReceivedRecord } from './parse-json.ts';

/** The original write API's own ids: base64 of the fields' values, as Python prints them, joined by a dot. */

/** Which of `fields` a record lacks; a field that is null or empty is there. */
export function missingFields(record: ReceivedRecord, fields: readonly string[]): readonly string[] {
  return fields.filter((field) => !Object.hasOwn(record, field));
}

/** The `_id` that `fields` give a record that has them all. */
export function autoId(record: ReceivedRecord, fields: readonly string[]): string {
  return Buffer.from(fields.map((field) => pythonText(record[field])).join('.'), 'utf8').toString('base64');
}

function pythonText(value: unknown): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  return JSON.isRawJSON(value) ? value.rawJSON : String(value);
}
