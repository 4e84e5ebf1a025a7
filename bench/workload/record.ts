import { hash } from 'node:crypto';
import { ROWS_OF_AN_HOUR } from './events.ts';

/** A record as the workload's rows become one, for bodies that are prepared. */
export function recordText(row: number): string {
  const timestamp = `${new Date(Date.UTC(2015, 0, 1) + Math.floor(row / ROWS_OF_AN_HOUR) * 3_600_000).toISOString().slice(0, 19)}Z`;
  const [period, channel] = ['hour', 'channel 7'];
  const id = hash('sha256', JSON.stringify([timestamp, period, channel, row])).slice(0, 32);
  return JSON.stringify({
    _id: id,
    _timestamp: timestamp,
    period,
    channel,
    event_count: (row * 7_919) % 100_003,
    amount: ((row * 104_729) % 10_000_000) / 100,
    note: row % 10 < 3 ? null : `note of row ${row}`,
  });
}
