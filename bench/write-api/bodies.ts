import { hash } from 'node:crypto';

/** `random`: SHA-256, as the collector makes its ids; `ascending`: in the order of an index. */
export type Ids = 'random' | 'ascending';

const MINUTE = 60_000;
const FIRST = Date.UTC(2020, 0, 1);

/** One small record of about 130 bytes. */
export function recordText(number: number, ids: Ids): string {
  const id =
    ids === 'random' ? hash('sha256', `record ${number}`) : `record-${String(number).padStart(10, '0')}`;
  const timestamp = new Date(FIRST + (number % 2_000_000) * MINUTE).toISOString().slice(0, 19);
  return JSON.stringify({ _id: id, _timestamp: `${timestamp}Z`, channel: 'online', count: number % 997 });
}

/** Requests of `size` records each, none of which occurs twice. */
export function batches(count: number, size: number, ids: Ids, first = 0): readonly Buffer[] {
  return Array.from({ length: count }, (_, batch) =>
    Buffer.from(
      `[${Array.from({ length: size }, (_, index) => recordText(first + batch * size + index, ids)).join(',')}]`,
    ),
  );
}
