import { PERIODS } from '../../calendar/period.ts';
import { utcTimestamp } from '../records/timestamp.ts';
import { rawQueryFault } from './raw-query-fault.ts';
import { COLLECT_METHODS } from './read-query.ts';

/**
 * What the original checks, in its order and in its words; the first fault counts. Of a parameter that is given more than once it
 * looks at the first value, except where several make sense.
 */

type Check = (parameters: URLSearchParams) => string | undefined;

const PARAMETERS: ReadonlySet<string> = new Set([
  ...['start_at', 'end_at', 'duration', 'period', 'inclusive'],
  ...['filter_by', 'filter_by_prefix', 'group_by', 'sort_by', 'limit', 'collect', 'flatten', 'format'],
]);
const KEY = /^[a-z_][a-z0-9_]+$/i;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:?\d\d|Z)$/;
const INTEGER = /^\s*[+-]?\d+\s*$/;

const CHECKS: readonly Check[] = [
  (parameters) =>
    [...parameters.keys()].every((name) => PARAMETERS.has(name))
      ? undefined
      : 'An unrecognised parameter was provided',
  periodFault,
  dateFault('start_at'),
  dateFault('end_at'),
  filterFault,
  (parameters) =>
    isOneOf(parameters.get('period'), [null, ...PERIODS])
      ? undefined
      : `'period' must be one of [${PERIODS.map((period) => `'${period}'`).join(', ')}]`,
  sortFault,
  groupFault,
  integerFault('limit'),
  integerFault('duration'),
  dependencyFault('collect', 'group_by', 'period'),
  relativeTimeFault,
  collectFault,
  booleanFault('flatten'),
  booleanFault('inclusive'),
  dependencyFault('inclusive', 'start_at', 'end_at'),
];

/** The first thing wrong with a query's parameters; undefined when nothing is. */
export function parameterFault(parameters: URLSearchParams, rawQueriesAllowed: boolean): string | undefined {
  for (const check of rawQueriesAllowed ? CHECKS : [...CHECKS, rawQueryFault]) {
    const fault = check(parameters);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Milliseconds since 1970; undefined when the text is no date and time with `Z` or an offset. */
export function queryInstant(text: string): number | undefined {
  const timestamp = DATE_TIME.test(text) ? utcTimestamp(text) : undefined;
  return timestamp === undefined ? undefined : Date.parse(timestamp);
}

const isOneOf = (value: unknown, values: readonly unknown[]): boolean => values.includes(value);

function periodFault(parameters: URLSearchParams): string | undefined {
  if (!parameters.has('period')) return undefined;
  const hasSpan = parameters.has('duration') || (parameters.has('start_at') && parameters.has('end_at'));
  if (!hasSpan) return "Either 'duration' or both 'start_at' and 'end_at' are required for a period query";
  if (parameters.has('limit') && !parameters.has('group_by'))
    return "A period query can only be limited if it is grouped - please add 'group_by'";
  return undefined;
}

function dateFault(name: string): Check {
  return (parameters) => {
    const text = parameters.get(name);
    return text === null || queryInstant(text) !== undefined ? undefined : `${name} is not a valid datetime`;
  };
}

function filterFault(parameters: URLSearchParams): string | undefined {
  if (parameters.has('filter_by') && parameters.has('filter_by_prefix'))
    return 'Cannot use both filter_by and filter_by_prefix in the same query';
  for (const filter of [...parameters.getAll('filter_by'), ...parameters.getAll('filter_by_prefix')]) {
    if (!filter.includes(':'))
      return 'filter_by must be a field name and value separated by a colon (:) eg. authority:Westminster';
    if (!KEY.test(beforeColon(filter))) return 'Cannot filter by an invalid field name';
  }
  return undefined;
}

function sortFault(parameters: URLSearchParams): string | undefined {
  const sort = parameters.get('sort_by');
  if (sort === null) return undefined;
  if (parameters.has('period') && !parameters.has('group_by'))
    return 'Cannot sort for period queries without group_by. Period queries are always sorted by time.';
  if (!sort.includes(':'))
    return 'sort_by must be a field name and sort direction separated by a colon (:) eg. authority:ascending';
  if (!/^.+:(?:ascending|descending)$/.test(sort))
    return 'Unrecognised sort direction. Supported directions include: ascending, descending';
  return KEY.test(beforeColon(sort)) ? undefined : 'Cannot sort by an invalid field name';
}

function groupFault(parameters: URLSearchParams): string | undefined {
  const field = parameters.get('group_by');
  if (field === null) return undefined;
  if (!KEY.test(field)) return 'Cannot group by an invalid field name';
  if (field.startsWith('_'))
    return 'Cannot group by internal fields, internal fields start with an underscore';
  return undefined;
}

function integerFault(name: string): Check {
  return (parameters) => {
    const text = parameters.get(name);
    if (text === null || (INTEGER.test(text) && Number(text) >= 0)) return undefined;
    return `${name} must be a positive integer`;
  };
}

function dependencyFault(name: string, first: string, second: string): Check {
  return (parameters) =>
    parameters.has(name) && !parameters.has(first) && !parameters.has(second)
      ? `${name} can be used only with either ['${first}', '${second}']`
      : undefined;
}

function relativeTimeFault(parameters: URLSearchParams): string | undefined {
  const [start, end] = [parameters.has('start_at'), parameters.has('end_at')];
  const duration = parameters.get('duration');
  if (start && end && duration !== null)
    return "Absolute and relative time cannot be requested at the same time - either ask for 'start_at' and 'end_at', or ask for 'start_at'/'end_at' with 'duration'";
  if (start && !end && duration === null) return "Use of 'start_at' requires 'end_at' or 'duration'";
  if (end && !start && duration === null) return "Use of 'end_at' requires 'start_at' or 'duration'";
  if (duration === null) return undefined;
  if (Number(duration) === 0) return "'duration' must not be zero";
  if (!parameters.has('period'))
    return "If 'duration' is requested (for relative time), 'period' is required - please add a period (like 'day', 'month' etc)";
  return undefined;
}

function collectFault(parameters: URLSearchParams): string | undefined {
  for (const collect of parameters.getAll('collect')) {
    const field = beforeColon(collect);
    const isKnown = collect === field || isOneOf(collect.slice(field.length + 1), COLLECT_METHODS);
    if (!isKnown) return 'Unknown collection method';
    if (!KEY.test(field)) return 'Cannot collect an invalid field name';
    if (field.startsWith('_'))
      return 'Cannot collect internal fields, internal fields start with an underscore';
    if (parameters.getAll('group_by').includes(field))
      return 'Cannot collect by a field that is used for group_by';
  }
  return undefined;
}

function booleanFault(name: string): Check {
  return (parameters) =>
    isOneOf(parameters.get(name), [null, 'true', 'false'])
      ? undefined
      : `${name} must be either 'true' or 'false'`;
}

const beforeColon = (text: string): string => text.split(':', 1)[0] ?? '';
