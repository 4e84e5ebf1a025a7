import { PERIODS } from '../../calendar/period.ts';
import { COLLECT_METHODS } from './read-plan.ts';
import { type Check, dateFault, periodFault, rawQueryFault, relativeTimeFault } from './time-faults.ts';

/**
 * What the original checks, in its order and in its words; the first fault counts. Of a parameter that is given more
 * than once it looks at the first value, except where several make sense.
 */

const PARAMETERS: ReadonlySet<string> = new Set([
  ...['start_at', 'end_at', 'duration', 'period', 'inclusive'],
  ...['filter_by', 'filter_by_prefix', 'group_by', 'sort_by', 'limit', 'collect', 'flatten', 'format'],
]);
const KEY = /^[a-z_][a-z0-9_]+$/i;
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

const isOneOf = (value: unknown, values: readonly unknown[]): boolean => values.includes(value);

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
