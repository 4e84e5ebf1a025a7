import { apiError } from '../http/errors.ts';
import {
  collectedEntries,
  type Group,
  groupKey,
  groupsOf,
  type JsonEntry,
  type Tally,
} from './group-tallies.ts';
import { compareValues, distinctSorted, type JsonValue, jsonValue } from './json-value.ts';
import type { GroupRow, ReadQuery } from './read-plan.ts';
import type { PeriodLimits } from './span.ts';

/** An entry of an answer: its keys and their values as JSON. */
export type Item = ReadonlyMap<string, string>;

/** Periods in one answer, each of every group: those without records are in it, too. */
export const MAXIMUM_PERIODS = 200_000;

/** The groups of an answer: sorted and limited as the query asks. */
export function chosenGroups(query: ReadQuery, rows: readonly GroupRow[]): readonly Group[] {
  const groups = groupsOf(rows);
  const { sortBy, limit } = query;
  const sorted = sortBy === undefined ? groups : sortGroups(groups, query, sortBy);
  return limit === undefined ? sorted : sorted.slice(0, limit);
}

/** The entries of an answer, made one by one. */
export function groupItems(
  query: ReadQuery,
  groups: readonly Group[],
  periods: readonly PeriodLimits[],
): Iterable<Item> {
  const { groupBy, period, flatten, collect } = query;
  if (period === undefined) return groups.map((group) => totalItem(query, group));
  if (groupBy.length === 0) {
    const [all] = groups;
    return periods.map((limits) => new Map(periodEntries(query, all?.periods.get(limits.startAt), limits)));
  }
  const listed =
    flatten && query.limit === undefined ? withMissingGroups(query, groups, periods.length) : groups;
  requireFewPeriods(listed.length * periods.length);
  // Everything that could be refused is refused before the first entry is sent.
  for (const { total } of groups) collectedEntries(collect, total);
  return flatten ? flatItems(query, listed, periods) : nestedItems(query, groups, periods);
}

function* nestedItems(
  query: ReadQuery,
  groups: readonly Group[],
  periods: readonly PeriodLimits[],
): Generator<Item> {
  for (const group of groups) {
    const values = periods.map((limits) =>
      objectText(periodEntries(query, group.periods.get(limits.startAt), limits)),
    );
    yield new Map([...totalItem(query, group), ['values', `[${values.join(',')}]`]]);
  }
}

function* flatItems(
  query: ReadQuery,
  groups: readonly Group[],
  periods: readonly PeriodLimits[],
): Generator<Item> {
  for (const limits of periods) {
    for (const group of groups) {
      const entries = periodEntries(query, group.periods.get(limits.startAt), limits);
      yield new Map([...valueEntries(query, group.values), ...entries]);
    }
  }
}

/** As an object of JSON. */
export function objectText(entries: Iterable<JsonEntry>): string {
  return `{${Array.from(entries, ([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
}

function totalItem(query: ReadQuery, { values, total, periods }: Group): Item {
  const isNested = query.period !== undefined && !query.flatten;
  return new Map([
    ...valueEntries(query, values),
    ['_count', String(total.count)],
    ...(isNested ? [['_group_count', String(periods.size)] as const] : []),
    ...collectedEntries(query.collect, total),
  ]);
}

const valueEntries = ({ groupBy }: ReadQuery, values: readonly JsonValue[]): readonly JsonEntry[] =>
  groupBy.map((field, i) => [field, values[i]?.json ?? 'null']);

function periodEntries(
  query: ReadQuery,
  tally: Tally | undefined,
  limits: PeriodLimits,
): readonly JsonEntry[] {
  return [
    ['_count', String(tally?.count ?? 0)],
    ...collectedEntries(query.collect, tally),
    ['_start_at', JSON.stringify(limits.startAt)],
    ['_end_at', JSON.stringify(limits.endAt)],
  ];
}

function sortGroups(
  groups: readonly Group[],
  query: ReadQuery,
  { field, descending }: NonNullable<ReadQuery['sortBy']>,
): Group[] {
  const keyed = groups.map((group) => ({
    group,
    key: jsonValue(totalItem(query, group).get(field) ?? 'null'),
  }));
  const direction = descending ? -1 : 1;
  keyed.sort((left, right) => direction * compareValues(left.key, right.key));
  return keyed.map(({ group }) => group);
}

/** Every combination of the values that occur, as flat answers have them: the missing ones with no records. */
function withMissingGroups(query: ReadQuery, groups: readonly Group[], periods: number): readonly Group[] {
  const occurring = query.groupBy.map((_, i) =>
    distinctSorted(groups.map(({ values }) => values[i]?.json ?? 'null')),
  );
  requireFewPeriods(occurring.reduce((product, { length }) => product * length, periods));
  const ofValues = new Map(groups.map((group) => [groupKey(group.values), group]));
  const all = combinations(occurring).map(
    (values) => ofValues.get(groupKey(values)) ?? { values, total: NOTHING, periods: new Map() },
  );
  return query.sortBy === undefined ? all : sortGroups(all, query, query.sortBy);
}

const NOTHING: Tally = { count: 0, collected: [] };

function combinations(lists: readonly (readonly JsonValue[])[]): readonly (readonly JsonValue[])[] {
  return lists.reduce<readonly (readonly JsonValue[])[]>(
    (heads, list) => heads.flatMap((head) => list.map((value) => [...head, value])),
    [[]],
  );
}

function requireFewPeriods(count: number): void {
  if (count > MAXIMUM_PERIODS)
    throw apiError(
      400,
      `The query gives more than ${MAXIMUM_PERIODS} periods; ask for a shorter time or fewer groups`,
    );
}
