import { apiError } from '../http/errors.ts';
import { formatTimestamp } from '../records/timestamp.ts';
import type { Store } from '../store/store.ts';
import type { StoredRecord } from '../store/stored-record.ts';
import { collectedFields, type Group } from './group-tallies.ts';
import { chosenGroups, groupItems, type Item, MAXIMUM_PERIODS } from './grouped-answer.ts';
import {
  type GroupRow,
  type GroupsPlan,
  MAXIMUM_GROUPS,
  type Matching,
  type ReadQuery,
  type RecordsPlan,
} from './read-plan.ts';
import { type PeriodLimits, periodsOf, type QuerySpan, querySpanOf } from './span.ts';

/** As much of a store as answers queries. */
export type Reader = Pick<Store, 'read'>;

/** Whether a query asks for counts in place of the records themselves. */
export const isGrouped = ({ groupBy, period }: ReadQuery): boolean =>
  groupBy.length > 0 || period !== undefined;

/** The records that a query asks for. Throws ReadTooSlow. */
export async function queryRecords(
  store: Reader,
  dataSet: string,
  query: ReadQuery,
  now: number,
): Promise<AsyncIterable<StoredRecord>> {
  const { sortBy, limit } = query;
  const plan: RecordsPlan = {
    kind: 'records',
    ...matching(query, querySpanOf(query, now)),
    ...(sortBy === undefined ? {} : { order: sortBy }),
    ...(limit === undefined ? {} : { limit }),
  };
  const result = await store.read(dataSet, plan);
  if (result.kind !== 'records') throw new Error(`a store answered ${plan.kind} with ${result.kind}`);
  return result.records;
}

/** The entries that a grouped query asks for. Throws an ApiError and ReadTooSlow. */
export async function queryGroups(
  store: Reader,
  dataSet: string,
  query: ReadQuery,
  now: number,
): Promise<Iterable<Item>> {
  const attempt = async (shift: number) => {
    const span = querySpanOf(query, now, shift);
    const periods = query.period === undefined ? [] : periodsOf(query.period, span, MAXIMUM_PERIODS);
    return { groups: await groupsIn(store, dataSet, query, span), periods };
  };
  let { groups, periods } = await attempt(0);
  const shift = query.flatten ? 0 : emptyPeriods(query, groups, periods);
  if (shift !== 0) ({ groups, periods } = await attempt(shift));
  return groupItems(query, groups, periods);
}

/** The groups that a query asks for, of which none is moved to where records are. Throws as `queryGroups`. */
export const queryTallies = (
  store: Reader,
  dataSet: string,
  query: ReadQuery,
  now: number,
): Promise<readonly Group[]> => groupsIn(store, dataSet, query, querySpanOf(query, now));

async function groupsIn(
  store: Reader,
  dataSet: string,
  query: ReadQuery,
  span: QuerySpan,
): Promise<readonly Group[]> {
  const rows = await groupRows(store, dataSet, groupsPlan(query, span));
  return chosenGroups(query, query.passesOverTexts ? rows.map(withoutTexts) : rows);
}

/** What a grouped query asks of a store. */
export const groupsPlan = (query: ReadQuery, span: QuerySpan): GroupsPlan => ({
  kind: 'groups',
  ...matching(query, span),
  ...(query.period === undefined ? {} : { period: query.period }),
  fields: query.groupBy,
  collected: collectedFields(query.collect),
});

const withoutTexts = (row: GroupRow): GroupRow => ({
  ...row,
  collected: row.collected.map((values) => ({
    ...values,
    missing: values.missing + values.others,
    others: 0,
  })),
});

async function groupRows(store: Reader, dataSet: string, plan: GroupsPlan): Promise<readonly GroupRow[]> {
  const result = await store.read(dataSet, plan);
  if (result.kind !== 'groups') throw new Error(`a store answered ${plan.kind} with ${result.kind}`);
  if (result.groups.length > MAXIMUM_GROUPS)
    throw apiError(400, `The query gives more than ${MAXIMUM_GROUPS} groups; filter them or group by less`);
  return result.groups;
}

function matching({ filters, inclusive }: ReadQuery, { startAt, endAt }: QuerySpan): Matching {
  return {
    filters,
    ...(startAt === undefined ? {} : { from: formatTimestamp(startAt) }),
    ...(endAt === undefined ? {} : { to: { at: formatTimestamp(endAt), inclusive } }),
  };
}

/**
 * By how many periods a query for the last (or first) few moves back (or forward), because no group has records at
 * that end yet: as few as any group needs. 0 without a duration.
 */
function emptyPeriods(
  { duration, startAt }: ReadQuery,
  groups: readonly Group[],
  periods: readonly PeriodLimits[],
): number {
  if (duration === undefined) return 0;
  const direction = startAt === undefined ? -1 : 1;
  const starts = periods.map((limits) => limits.startAt);
  if (direction === -1) starts.reverse();
  const empty = groups.map((group) =>
    Math.max(
      0,
      starts.findIndex((start) => group.periods.has(start)),
    ),
  );
  return empty.length === 0 ? 0 : direction * Math.min(...empty);
}
