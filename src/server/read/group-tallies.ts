import { DecimalSum } from '../../model/decimal-sum.ts';
import { apiError } from '../http/errors.ts';
import { compareLists, distinctSorted, type JsonValue, jsonValue, keyOf } from './json-value.ts';
import {
  type Collect,
  type CollectedField,
  type CollectedValues,
  collectKey,
  type GroupRow,
  missingKey,
  sumJson,
} from './read-plan.ts';

/** What is counted and collected of a group, or of one of its periods. */
export interface Tally {
  readonly count: number;
  /** One for each field that is collected. */
  readonly collected: readonly CollectedValues[];
}

/** All records with the same values in the fields by which a query groups. */
export interface Group {
  readonly values: readonly JsonValue[];
  readonly total: Tally;
  /** By the start of the period; those without records are missing. */
  readonly periods: ReadonlyMap<string, Tally>;
}

/** The groups in the order of their values. */
export function groupsOf(rows: readonly GroupRow[]): Group[] {
  const ofTexts = Map.groupBy(rows, ({ values }) =>
    values.length === 1 ? values[0] : JSON.stringify(values),
  );
  const named = Array.from(ofTexts.values(), (same) => ({
    same,
    values: (same[0]?.values ?? []).map(jsonValue),
  }));
  // One value may be written in several ways.
  const ofValues = Map.groupBy(named, ({ values }) => groupKey(values));
  const groups = Array.from(ofValues.values(), (alike) => {
    const tallies = alike.flatMap(({ same }) => same);
    const periods = new Map(tallies.flatMap((row) => (row.period === null ? [] : [[row.period, row]])));
    return { values: alike[0]?.values ?? [], total: sum(tallies), periods };
  });
  return groups.sort((left, right) => compareLists(left.values, right.values));
}

export const groupKey = (values: readonly JsonValue[]): string => JSON.stringify(values.map(keyOf));

function sum(tallies: readonly Tally[]): Tally {
  const [first] = tallies;
  if (first === undefined || tallies.length === 1) return first ?? { count: 0, collected: [] };
  return {
    count: tallies.reduce((count, tally) => count + tally.count, 0),
    collected: first.collected.map((_, i) =>
      sumOfValues(tallies.flatMap(({ collected }) => collected[i] ?? [])),
    ),
  };
}

function sumOfValues(all: readonly CollectedValues[]): CollectedValues {
  const add = (of: (values: CollectedValues) => number) =>
    all.reduce((total, values) => total + of(values), 0);
  const exact = all.some((values) => values.exact !== undefined) ? { exact: exactSum(all) } : {};
  return {
    ...exact,
    missing: add(({ missing }) => missing),
    others: add(({ others }) => others),
    integers: all.reduce((total, { integers }) => total + integers, 0n),
    fractions: add(({ fractions }) => fractions),
    fraction: add(({ fraction }) => fraction),
    set: [...new Set(all.flatMap(({ set }) => set))],
  };
}

/** Where the sum of some is exact, those of all are, integers if nothing else. */
function exactSum(all: readonly CollectedValues[]): string {
  const sum = new DecimalSum();
  for (const { exact, integers } of all) sum.addText(exact ?? String(integers));
  return sum.text;
}

/** A key of an answer and its value as JSON. */
export type JsonEntry = readonly [key: string, json: string];

/** What a store has to collect for a query, each field once. */
export function collectedFields(collect: readonly Collect[]): readonly CollectedField[] {
  return fieldsOf(collect).map((field) => {
    const methods = collect.filter((each) => each.field === field).map(({ method }) => method);
    return {
      field,
      sum: methods.some((method) => method === 'sum' || method === 'mean'),
      set: methods.some((method) => method === 'set' || method === 'default'),
    };
  });
}

/**
 * The collected values of a tally, all null where there are no records; and of each field how many records lack it,
 * if any. Throws a ApiError for sums of what is no number.
 */
export function collectedEntries(
  collect: readonly Collect[],
  tally: Tally | undefined,
): readonly JsonEntry[] {
  if (tally === undefined) return collect.map((each) => [collectKey(each), 'null']);
  const fields = fieldsOf(collect);
  const entries = collect.flatMap((each): readonly JsonEntry[] => {
    const values = tally.collected[fields.indexOf(each.field)];
    const json = values === undefined ? 'null' : collectedJson(each.method, values, tally.count);
    const entry: JsonEntry = [collectKey(each), json];
    return each.method === 'default' ? [entry, [each.field, json]] : [entry];
  });
  const missing = fields.flatMap((field, i): readonly JsonEntry[] => {
    const count = tally.collected[i]?.missing ?? 0;
    return count === 0 ? [] : [[missingKey(field), String(count)]];
  });
  return [...entries, ...missing];
}

const fieldsOf = (collect: readonly Collect[]): readonly string[] => [
  ...new Set(collect.map(({ field }) => field)),
];

function collectedJson(method: Collect['method'], values: CollectedValues, count: number): string {
  switch (method) {
    case 'count':
      return String(count);
    case 'set':
    case 'default':
      return `[${distinctSorted(values.set).map(({ json }) => json)}]`;
    case 'sum':
      requireNumbers(values);
      return sumJson(values, count) ?? 'null';
    case 'mean':
      requireNumbers(values);
      // Of nothing it is no number, and null.
      return numberJson(sumOf(values) / (count - values.missing));
  }
}

const sumOf = ({ integers, fraction }: CollectedValues): number => Number(integers) + fraction;

function requireNumbers({ others }: CollectedValues): void {
  if (others > 0) throw apiError(400, 'invalid collect function');
}

/** JSON has no infinity. */
const numberJson = (value: number): string => (Number.isFinite(value) ? String(value) : 'null');
