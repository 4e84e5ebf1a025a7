import { hash } from 'node:crypto';

/** Recorded and stored records in a form in which they can be compared. */

type Fields = Readonly<Record<string, unknown>>;

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
/** The recording shortens longer texts. */
const LONG = 5_000;
const SHORTENED = /^(<\d+ characters, sha256 of the UTF-8 [0-9a-f]{64}), starts /;

/** Without the time of storing, with generated ids and long texts as the recording writes them. */
export function comparable(record: Fields): Fields {
  const kept = Object.entries(record).filter(([key]) => key !== '_updated_at');
  return Object.fromEntries(kept.map(([key, value]) => [shortened(key), comparableValue(key, value)]));
}

/** By id, because neither side promises an order. */
export function sorted(records: readonly Fields[]): readonly Fields[] {
  const idOf = (record: Fields) => String(record._id);
  return records.toSorted((left, right) => (idOf(left) < idOf(right) ? -1 : 1));
}

function comparableValue(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return Object.is(value, -0) ? 0 : value;
  return key === '_id' && UUID.test(value) ? '<uuid>' : shortened(value);
}

function shortened(text: string): string {
  const recorded = SHORTENED.exec(text)?.[1];
  if (recorded !== undefined) return recorded;
  return text.length < LONG
    ? text
    : `<${text.length} characters, sha256 of the UTF-8 ${hash('sha256', text)}`;
}
