import { parseDate } from '../../calendar/date-time.ts';
import { DAY } from '../../calendar/durations.ts';
import { addPeriods, type Period } from '../../calendar/period.ts';
import type { AskedSpan, Span } from '../shown-span.ts';

/** What readers ask for in the address of a page. */

/** The parameters of an address, as they were sent. */
export type RawQuery = Partial<Readonly<Record<ParameterName, unknown>>>;
type ParameterName = 'from' | 'to' | 'sort' | 'order' | 'text' | 'department' | 'data_set';

export interface ModuleQuery {
  /** As they were sent. */
  readonly from: string;
  readonly to: string;
  /** The column by which rows are sorted: undefined is the period. */
  readonly sort: number | undefined;
  readonly isDescending: boolean;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

export function readModuleQuery(query: RawQuery): ModuleQuery {
  const sort = /^\d{1,5}$/.test(textOf(query.sort)) ? Number(query.sort) : undefined;
  const order = textOf(query.order);
  return {
    from: textOf(query.from),
    to: textOf(query.to),
    sort,
    // The newest, and the most, are what people look for.
    isDescending: order !== 'ascending',
  };
}

/** The address of the same page with other choices. */
export function moduleAddress(query: ModuleQuery, changes: Partial<ModuleQuery> = {}): string {
  const { from, to, sort, isDescending } = { ...query, ...changes };
  const parameters = new URLSearchParams();
  if (from !== '') parameters.set('from', from);
  if (to !== '') parameters.set('to', to);
  if (sort !== undefined) parameters.set('sort', String(sort));
  if (!isDescending) parameters.set('order', 'ascending');
  return parameters.size === 0 ? '' : `?${parameters}`;
}

/** The span that is asked for, or a sentence that says what is wrong with it. */
export function askedSpan({ from, to }: Pick<ModuleQuery, 'from' | 'to'>): AskedSpan | string {
  const [first, last] = [from, to].map((text) => (text === '' ? undefined : spanOf(text)));
  for (const [name, text, span] of [['from', from, first] as const, ['to', to, last] as const]) {
    if (text !== '' && span === undefined) return `${name}: expected a date such as 2024-04-01.`;
  }
  if (first !== undefined && last !== undefined && first.from >= last.to)
    return 'from: expected a date that is not after to.';
  return { from: first?.from, to: last && last.to - DAY };
}

/** A date, a whole month or a whole year: `2024-04-01`, `2024-04`, `2024`. */
function spanOf(text: string): Span | undefined {
  const period = NAMED.get(text.length);
  if (period === undefined || !/^\d{4}(?:-\d\d){0,2}$/.test(text)) return undefined;
  const from = parseDate(`${text}-01-01`.slice(0, 10));
  return from === undefined ? undefined : { from, to: addPeriods(period, from, 1) };
}

/** By how many characters they are named. */
const NAMED: ReadonlyMap<number, Period> = new Map([
  [4, 'year'],
  [7, 'month'],
  [10, 'day'],
]);

export interface ListQuery {
  readonly text: string;
  readonly department: string;
  /** `data_group/data_type` of a data set that dashboards show. */
  readonly dataSet: string;
}

export const readListQuery = (query: RawQuery): ListQuery => ({
  text: textOf(query.text),
  department: textOf(query.department),
  dataSet: textOf(query.data_set),
});
