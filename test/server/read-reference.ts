/**
 * The read API once more, as simply as can be: everything in memory, one record after the other. For comparisons only.
 */

/** A value as JSON; undefined: the record lacks the field. */
export type Value = string | undefined;

export interface ReferenceRecord {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly instant: number;
  readonly fields: Readonly<Record<string, Value>>;
}

export interface ReferenceQuery {
  readonly filter?: readonly [field: string, text: string];
  readonly prefix?: readonly [field: string, text: string];
  readonly from?: number;
  readonly to?: number;
  readonly inclusive: boolean;
  readonly period?: 'day' | 'week' | 'month';
  readonly groupBy: readonly string[];
  readonly collect: readonly (readonly [field: string, method: string])[];
  readonly sortBy?: readonly [field: string, direction: string];
  readonly limit?: number;
}

type Json = unknown;

export const INVALID = 'invalid collect function';

/** The ids that a query without groups gives. */
export function referenceIds(records: readonly ReferenceRecord[], query: ReferenceQuery): string[] {
  const found = records.filter((record) => matches(record, query));
  const [field, direction] = query.sortBy ?? [];
  if (field !== undefined) {
    const sign = direction === 'descending' ? -1 : 1;
    found.sort((left, right) => sign * compareForRecords(left.fields[field], right.fields[field]));
  }
  return found.slice(0, query.limit ?? Infinity).map(({ id }) => id);
}

/** The entries that a query with groups gives; INVALID when it collects what cannot be added. */
export function referenceGroups(records: readonly ReferenceRecord[], query: ReferenceQuery): Json {
  const found = records.filter((record) => matches(record, query));
  const grouped = found.filter(({ fields }) => query.groupBy.every((field) => fields[field] !== undefined));
  if (query.collect.some(([field, method]) => isUnaddable(grouped, field, method))) return INVALID;
  if (query.groupBy.length === 0) return periodEntries(grouped, query);
  const groups = Map.groupBy(grouped, ({ fields }) => keyOf(query.groupBy.map((field) => fields[field])));
  const entries = [...groups.values()].map((members) => groupEntry(members, query));
  entries.sort((left, right) => compareKeys(query.groupBy, left, right));
  const [field, direction] = query.sortBy ?? [];
  if (field !== undefined) {
    const sign = direction === 'descending' ? -1 : 1;
    entries.sort((left, right) => sign * compare(left[field], right[field]));
  }
  return entries.slice(0, query.limit ?? Infinity);
}

function groupEntry(members: readonly ReferenceRecord[], query: ReferenceQuery): Record<string, Json> {
  const names = query.groupBy.map((field) => [
    field,
    parsed(smallest(members.map(({ fields }) => fields[field]))),
  ]);
  const entry = { ...Object.fromEntries(names), ...totals(members, query) };
  if (query.period === undefined) return entry;
  const starts = new Set(members.map(({ instant }) => startOf(query.period, instant)));
  return { ...entry, _group_count: starts.size, values: periodEntries(members, query) };
}

function periodEntries(members: readonly ReferenceRecord[], query: ReferenceQuery): Json[] {
  const entries: Json[] = [];
  let start = startOf(query.period, query.from ?? 0);
  while (start < (query.to ?? 0)) {
    const end = startOf(
      query.period,
      start + 32 * DAY * (query.period === 'month' ? 1 : 0) + (STEPS[query.period ?? 'day'] ?? 0),
    );
    const inside = members.filter(({ instant }) => instant >= start && instant < end);
    const values =
      inside.length > 0
        ? totals(inside, query)
        : {
            _count: 0,
            ...Object.fromEntries(query.collect.map(([field, method]) => [`${field}:${method}`, null])),
          };
    entries.push({ ...values, _start_at: text(start), _end_at: text(end) });
    start = end;
  }
  return entries;
}

const DAY = 86_400_000;
const STEPS: Readonly<Record<string, number>> = { day: DAY, week: 7 * DAY };

function startOf(period: ReferenceQuery['period'], instant: number): number {
  const date = new Date(instant);
  date.setUTCHours(0, 0, 0, 0);
  if (period === 'month') date.setUTCDate(1);
  if (period === 'week') while (date.getUTCDay() !== 1) date.setUTCDate(date.getUTCDate() - 1);
  return date.getTime();
}

const text = (instant: number): string => `${new Date(instant).toISOString().slice(0, 19)}+00:00`;

function totals(members: readonly ReferenceRecord[], { collect }: ReferenceQuery): Record<string, Json> {
  const entries = collect.flatMap(([field, method]) => {
    const values = members.map(({ fields }) => fields[field] ?? 'null');
    const missing = values.filter((value) => value === 'null').length;
    const entry = [`${field}:${method}`, collectedValue(values, method)] as const;
    return method === 'count' || missing === 0 ? [entry] : [entry, [`${field}:missing`, missing] as const];
  });
  return { _count: members.length, ...Object.fromEntries(entries) };
}

function collectedValue(values: readonly string[], method: string): Json {
  if (method === 'count') return values.length;
  if (method === 'set') {
    const distinct = new Map(values.map((value) => [keyOf([value]), parsed(value)]));
    return [...distinct.values()].sort(compare);
  }
  const present = values.filter((value) => value !== 'null');
  if (present.length === 0) return null;
  // Written as an integer: 1.0 and 1e2 are doubles.
  const integers = present.filter((value) => /^(?:-?\d+|true|false)$/.test(value));
  const total = integers.reduce((sum, value) => sum + BigInt(parsed(value) as number), 0n);
  const fractions = present.filter((value) => !integers.includes(value)).map(Number);
  const sum =
    fractions.length === 0 ? total : Number(total) + fractions.reduce((left, right) => left + right);
  return exact(method === 'mean' ? Number(sum) / present.length : sum);
}

/** As it comes out of JSON. */
const exact = (value: number | bigint): Json => parsed(String(value));

const isUnaddable = (records: readonly ReferenceRecord[], field: string, method: string): boolean =>
  (method === 'sum' || method === 'mean') &&
  records.some(({ fields }) => typeof parsed(fields[field] ?? 'null') === 'string');

function matches(
  { instant, fields }: ReferenceRecord,
  { filter, prefix, from, to, inclusive }: ReferenceQuery,
): boolean {
  if (from !== undefined && instant < from) return false;
  if (to !== undefined && (inclusive ? instant > to : instant >= to)) return false;
  if (prefix !== undefined) {
    const value = fields[prefix[0]];
    if (value === undefined || value === 'null') return false;
    return String(value.startsWith('"') ? JSON.parse(value) : value).startsWith(prefix[1]);
  }
  if (filter === undefined) return true;
  const value = parsed(fields[filter[0]]);
  if (filter[1] === 'true' || filter[1] === 'false') return value === (filter[1] === 'true');
  if (typeof value === 'string') return value === filter[1];
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  if (!isNumber || !/^-?\d/.test(filter[1])) return false;
  const wanted = parsed(filter[1]) as number;
  return value >= wanted && value <= wanted;
}

/** Integers that a double cannot hold as bigints. */
export function parsed(json: Value): null | undefined | string | number | bigint | boolean {
  if (json === undefined) return undefined;
  return /^-?\d{16,}$/.test(json) ? BigInt(json) : JSON.parse(json);
}

const keyOf = (values: readonly Value[]): string =>
  values.map((value) => `${typeof parsed(value)}${parsed(value)}`.replace('bigint', 'number')).join('|');

const smallest = (values: readonly Value[]): Value => values.toSorted()[0];

const rank = (value: Json): number =>
  value === null || value === undefined ? 0 : typeof value === 'string' ? 2 : 1;

function compare(left: Json, right: Json): number {
  if (Array.isArray(left) && Array.isArray(right)) {
    const index = left.findIndex((value, i) => i >= right.length || compare(value, right[i]) !== 0);
    return index === -1
      ? left.length - right.length
      : index >= right.length
        ? 1
        : compare(left[index], right[index]);
  }
  if (rank(left) !== rank(right) || rank(left) === 0) return rank(left) - rank(right);
  if ((left as number) < (right as number)) return -1;
  if ((left as number) > (right as number)) return 1;
  return Number(typeof right === 'boolean') - Number(typeof left === 'boolean');
}

function compareKeys(
  fields: readonly string[],
  left: Record<string, Json>,
  right: Record<string, Json>,
): number {
  for (const field of fields) {
    const order = compare(left[field], right[field]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers, then texts (and booleans as such), then what is not there. */
function compareForRecords(left: Value, right: Value): number {
  const place = (value: Value) =>
    value === undefined || value === 'null' ? 2 : ['number', 'bigint'].includes(typeof parsed(value)) ? 0 : 1;
  if (place(left) !== place(right) || place(left) === 2) return place(left) - place(right);
  const value = (each: Value) =>
    typeof parsed(each) === 'boolean' ? String(each) : (parsed(each) as string);
  return value(left) < value(right) ? -1 : value(left) > value(right) ? 1 : 0;
}
