import { PERIODS } from '../../calendar/period.ts';
import { apiError } from '../http/errors.ts';
import { parameterFault } from './parameter-faults.ts';
import {
  COLLECT_METHODS,
  type Collect,
  collectKey,
  equalsText,
  type Filter,
  missingKey,
  type ReadQuery,
  type SortBy,
} from './read-plan.ts';
import { queryInstant } from './time-faults.ts';

/** Parameters in one query; SQL has its limits too. */
const MAXIMUM_PARAMETERS = 100;

/**
 * The query that a query string asks for. Throws an ApiError (400) with the first of its faults.
 *
 * @param rawQueriesAllowed whether single records may be asked for, and any span of time
 */
export function parseReadQuery(queryString: string, rawQueriesAllowed: boolean): ReadQuery {
  const parameters = new URLSearchParams(queryString);
  if (parameters.size > MAXIMUM_PARAMETERS)
    throw apiError(400, `A query has at most ${MAXIMUM_PARAMETERS} parameters`);
  const fault = parameterFault(parameters, rawQueriesAllowed);
  if (fault !== undefined) throw apiError(400, fault);
  const query = queryOf(parameters);
  const { sortBy } = query;
  if (sortBy !== undefined && !isSortable(query, sortBy))
    throw apiError(400, `Cannot sort by ${sortBy.field}, which is not in the answer`);
  return query;
}

function queryOf(parameters: URLSearchParams): ReadQuery {
  const text = (name: string) => parameters.get(name) ?? undefined;
  const period = PERIODS.find((each) => each === text('period'));
  return {
    filters: mergedFilters([
      ...parameters.getAll('filter_by').map(equalFilter),
      ...parameters.getAll('filter_by_prefix').map(prefixFilter),
    ]),
    ...present('startAt', text('start_at'), queryInstant),
    ...present('endAt', text('end_at'), queryInstant),
    inclusive: text('inclusive') === 'true',
    ...(period === undefined ? {} : { period }),
    ...present('duration', text('duration'), Number),
    groupBy: [...new Set(parameters.getAll('group_by'))],
    collect: parameters.getAll('collect').map(collectOf),
    ...present('sortBy', text('sort_by'), sortOf),
    // As in the original, 0 is no limit.
    ...present('limit', text('limit'), (limit) => Number(limit) || undefined),
    flatten: text('flatten') === 'true',
    csv: text('format') === 'csv',
  };
}

/** An entry of the query when there is a value for it. */
function present<Key extends string, Value>(
  key: Key,
  text: string | undefined,
  read: (text: string) => Value | undefined,
): { [Each in Key]?: Value } {
  const value = text === undefined ? undefined : read(text);
  return value === undefined ? {} : ({ [key]: value } as { [Each in Key]?: Value });
}

/** What comes before the first colon, and what comes after it. */
function split(text: string): readonly [field: string, value: string] {
  const colon = text.indexOf(':');
  return [text.slice(0, colon), text.slice(colon + 1)];
}

function equalFilter(parameter: string): Filter {
  const [field, text] = split(parameter);
  if (text === 'true' || text === 'false') return { kind: 'boolean', field, value: text === 'true' };
  return equalsText(field, text);
}

function prefixFilter(parameter: string): Filter {
  const [field, text] = split(parameter);
  return { kind: 'prefix', field, text };
}

function collectOf(parameter: string): Collect {
  if (!parameter.includes(':')) return { field: parameter, method: 'default' };
  const [field, name] = split(parameter);
  return { field, method: COLLECT_METHODS.find((method) => method === name) ?? 'default' };
}

/** The last colon counts: a collected value has one in its name. */
function sortOf(parameter: string): SortBy {
  const colon = parameter.lastIndexOf(':');
  return { field: parameter.slice(0, colon), descending: parameter.slice(colon + 1) === 'descending' };
}

function isSortable({ groupBy, period, collect, flatten }: ReadQuery, { field }: SortBy): boolean {
  if (groupBy.length === 0) return true;
  const ofPeriods = [flatten ? `_${period}_start_at` : '_group_count'];
  return [
    '_count',
    ...groupBy,
    ...collect.map(collectKey),
    ...collect.map((each) => missingKey(each.field)),
    ...collect.filter(({ method }) => method === 'default').map((each) => each.field),
    ...(period === undefined ? [] : ofPeriods),
  ].includes(field);
}

/** The filters of a query without those that say nothing new: each costs as much as another for every record. */
export function mergedFilters(filters: readonly Filter[]): readonly Filter[] {
  const distinct = [...new Map(filters.map((filter) => [JSON.stringify(filter), filter])).values()];
  return distinct.filter((filter) => !distinct.some((other) => saysMore(other, filter)));
}

/** Whether all that one filter finds is found by the other one, too. */
function saysMore(filter: Filter, than: Filter): boolean {
  if (filter === than || than.kind !== 'prefix' || filter.field !== than.field) return false;
  return filter.kind === 'prefix' && filter.text.startsWith(than.text);
}
