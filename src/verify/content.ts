import { isoSeconds, parseDateTime } from '../calendar/date-time.ts';
import type { RecordValues } from '../model/record-values.ts';

/** Keys whose values are instants, which may be written in several ways. */
const INSTANTS: ReadonlySet<string> = new Set(['_timestamp', '_start_at', '_end_at']);
const IN_UTC = /^"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:Z|\+00:00)"$/;
const SHORT_INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Microseconds, beyond which instants are not kept. */
const FRACTION_DIGITS = 6;

/**
 * The JSON of a value in one spelling: two values are the same when their spellings are. Numbers keep all their digits,
 * so that 64-bit integers and decimals are compared exactly.
 */
export function spelling(key: string, json: string): string {
  if (INSTANTS.has(key)) return instantSpelling(json);
  if (json.startsWith('"')) return json.includes('\\') ? JSON.stringify(JSON.parse(json)) : json;
  return SHORT_INTEGER.test(json) ? json : numberSpelling(json);
}

function instantSpelling(json: string): string {
  if (IN_UTC.test(json)) return `"${json.slice(1, 11)}T${json.slice(12, 20)}Z"`;
  const instant = json.startsWith('"') ? parseDateTime(JSON.parse(json)) : undefined;
  if (instant === undefined) return json;
  const { wallClock, offset = 0, fraction } = instant;
  const digits = fraction.slice(0, 1 + FRACTION_DIGITS).replace(/\.?0*$/, '');
  return `"${isoSeconds(wallClock - offset).slice(0, 19)}${digits}Z"`;
}

/** What is no number stays as it is. */
function numberSpelling(json: string): string {
  const [, sign, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(json) ?? [];
  if (sign === undefined) return json;
  const all = whole + fraction;
  const first = all.search(/[1-9]/);
  if (first < 0) return '0';
  const digits = all.slice(first).replace(/0+$/, '');
  const magnitude = whole.length - first + Number(exponent);
  const isShort = magnitude >= digits.length && magnitude <= 15;
  return isShort ? `${sign}${digits.padEnd(magnitude, '0')}` : `${sign}0.${digits}e${magnitude}`;
}

/** The values that differ, by their keys; undefined where one side has none. */
export interface Difference {
  readonly key: string;
  /** As JSON. */
  readonly source: string | undefined;
  readonly dataSet: string | undefined;
}

export function differences(source: RecordValues, dataSet: RecordValues): Difference[] {
  const keys = new Set([...source.keys(), ...dataSet.keys()]);
  return [...keys].flatMap((key) => {
    const [one, other] = [source.get(key), dataSet.get(key)];
    const isSame = one !== undefined && other !== undefined && spelling(key, one) === spelling(key, other);
    return isSame ? [] : [{ key, source: one, dataSet: other }];
  });
}
