/** A record as it came out of the JSON text: keys in the order in which they were sent. */
export type ReceivedRecord = Record<string, unknown>;

export function isReceivedRecord(value: unknown): value is ReceivedRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
