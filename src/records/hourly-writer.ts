import type { GrowingBytes } from '../model/growing-bytes.ts';
import { Piece } from '../model/piece.ts';
import { STORED } from '../model/row-batch.ts';
import { ByteMemo } from './byte-memo.ts';
import { NotARecordError } from './not-a-record.ts';
import { remembering, type TextEncoding, type ValueWriter } from './value-writers.ts';

/*
 * A datetime is `YYYY-MM-DD hh`, then `:mm:ss`, a fraction or none, and an offset or none. Zone arithmetic costs
 * microseconds and a result holds far fewer hours than rows, so what an hour becomes is asked for once.
 */
const HOUR = 13;
const SECONDS = 19;
const LONGEST_FRACTION = 9;
const [COLON, POINT, ZERO, FIVE, NINE] = [0x3a, 0x2e, 0x30, 0x35, 0x39];

/** What all datetimes of one hour and offset become. */
interface Hour {
  /** Before minutes and seconds, and behind them and the fraction. */
  readonly head: Piece;
  readonly tail: Piece;
  /** Whether minutes and seconds, and whether the fraction without needless zeros, stand between. */
  readonly keeps: 'nothing' | 'seconds' | 'fraction';
}

/** Datetimes, by what `encode` makes of their hours as wholes; others as they are. */
export function hourly(encode: TextEncoding): ValueWriter {
  const hours = new ByteMemo<Hour | 'differs'>();
  const others = remembering(encode);
  const key = Buffer.alloc(64);
  return (rows, place, json) => {
    const { bytes, places } = rows;
    const start = places[place * 2] as number;
    const end = places[place * 2 + 1] as number;
    const fraction = isPrinted(rows.stored?.[place]) ? fractionEnd(bytes, start, end) : -1;
    if (fraction === -1 || end - fraction > HOUR) return others(rows, place, json);
    let keyed: Uint8Array = bytes;
    let from = start;
    let to = start + HOUR;
    if (fraction < end) {
      bytes.copy(key, bytes.copy(key, 0, start, start + HOUR), fraction, end);
      keyed = key;
      from = 0;
      to = HOUR + end - fraction;
    }
    let hour = hours.find(keyed, from, to, STORED.text);
    if (hour === undefined) {
      hour = hourOf(Buffer.from(keyed.subarray(from, to)).toString(), encode);
      hours.note(keyed, from, to, STORED.text, hour);
    }
    if (hour === 'differs') return others(rows, place, json);
    writeWithin(hour, bytes, start, fraction, json);
  };
}

const isPrinted = (stored: number | undefined): boolean => stored === undefined || stored === STORED.text;

/** Where minutes, seconds and the fraction behind an hour end; -1: they are not such. */
function fractionEnd(bytes: Uint8Array, start: number, end: number): number {
  const seconds = start + SECONDS;
  if (end < seconds) return -1;
  for (let at = start + HOUR; at < seconds; at += 3) {
    const tens = bytes[at + 1] as number;
    const ones = bytes[at + 2] as number;
    if (bytes[at] !== COLON || tens < ZERO || tens > FIVE || ones < ZERO || ones > NINE) return -1;
  }
  if (bytes[seconds] !== POINT || seconds === end) return seconds;
  let at = seconds + 1;
  while (at < end && (bytes[at] ?? 0) >= ZERO && (bytes[at] ?? 0) <= NINE) at++;
  const digits = at - seconds - 1;
  return digits === 0 || digits > LONGEST_FRACTION ? -1 : at;
}

function writeWithin(
  hour: Hour,
  bytes: Uint8Array,
  start: number,
  fraction: number,
  json: GrowingBytes,
): void {
  json.piece(hour.head);
  if (hour.keeps !== 'nothing') json.copy(bytes, start + HOUR, start + SECONDS);
  if (hour.keeps === 'fraction') {
    let last = fraction;
    while (bytes[last - 1] === ZERO && last > start + SECONDS) last--;
    if (last > start + SECONDS + 1) json.copy(bytes, start + SECONDS, last);
  }
  json.piece(hour.tail);
}

/** Asks what becomes of the first and the last second of an hour, and whether that is all there is to it. */
function hourOf(key: string, encode: TextEncoding): Hour | 'differs' {
  const [hour, offset] = [key.slice(0, HOUR), key.slice(HOUR)];
  const first = orNone(() => encode(`${hour}:00:00${offset}`));
  const last = orNone(() => encode(`${hour}:59:59.250${offset}`));
  if (first === undefined || last === undefined) return 'differs';
  if (first === last) return hourFrom(first, '', 'nothing');
  const at = first.indexOf(':00:00');
  if (at === -1) return 'differs';
  const [head, tail] = [first.slice(0, at), first.slice(at + 6)];
  if (last === `${head}:59:59.25${tail}`) return hourFrom(head, tail, 'fraction');
  return last === `${head}:59:59${tail}` ? hourFrom(head, tail, 'seconds') : 'differs';
}

const hourFrom = (head: string, tail: string, keeps: Hour['keeps']): Hour => ({
  head: new Piece(head),
  tail: new Piece(tail),
  keeps,
});

function orNone(encode: () => string): string | undefined {
  try {
    return encode();
  } catch (error) {
    if (error instanceof NotARecordError) return undefined;
    throw error;
  }
}
