import { apiError } from '../http/errors.ts';
import type { Tally } from './groups.ts';
import { distinctSorted } from './json-value.ts';
import type { CollectedField, CollectedValues } from './read-plan.ts';
import { type Collect, collectKey, missingKey } from './read-query.ts';

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
      if (values.missing === count) return 'null';
      return values.fractions === 0 ? String(values.integers) : numberJson(sumOf(values));
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
