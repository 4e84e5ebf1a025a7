import { compareLists, type JsonValue, jsonValue, keyOf } from './json-value.ts';
import type { CollectedValues, GroupRow } from './read-plan.ts';

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
  const ofValues = Map.groupBy(
    rows.map((row) => ({ row, values: row.values.map(jsonValue) })),
    ({ values }) => groupKey(values),
  );
  const groups = Array.from(ofValues.values(), (same) => {
    const tallies = same.map(({ row }) => row);
    const periods = new Map(tallies.flatMap((row) => (row.period === null ? [] : [[row.period, row]])));
    return { values: same[0]?.values ?? [], total: sum(tallies), periods };
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
  return {
    missing: add(({ missing }) => missing),
    others: add(({ others }) => others),
    integers: all.reduce((total, { integers }) => total + integers, 0n),
    fractions: add(({ fractions }) => fractions),
    fraction: add(({ fraction }) => fraction),
    set: [...new Set(all.flatMap(({ set }) => set))],
  };
}
