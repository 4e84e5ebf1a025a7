/** A record as it came out of the JSON text: keys in the order in which they were sent. */
export type RecordObject = Record<string, unknown>;

export function isRecordObject(value: unknown): value is RecordObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
