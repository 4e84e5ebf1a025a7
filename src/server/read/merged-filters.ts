import type { Filter } from './read-plan.ts';

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
