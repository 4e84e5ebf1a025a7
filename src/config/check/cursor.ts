import type { z } from 'zod';
import { parseDate } from '../../calendar/date-time.ts';
import { complain } from './complain.ts';

/** The parameter that a job with a lag has besides its cursor columns. */
export const UNTIL = 'until';

/** The parameter that every job has: its time zone. */
export const TIMEZONE = 'timezone';

/** What can be the name of a parameter: `:name`. */
export const PARAMETER_NAME = /^[A-Za-z_]\w*$/;

interface CursorKeys {
  readonly columns?: unknown;
  readonly start?: unknown;
}

/** The rules between the columns of a cursor, which are parameters of the query, and the values that it starts with. */
export function checkCursor({ columns, start }: CursorKeys, context: z.RefinementCtx): void {
  if (!Array.isArray(columns)) return;
  for (const [index, name] of columns.entries()) {
    if (columns.indexOf(name) < index) {
      const [expected, got] = ['each column once', `a second ${JSON.stringify(name)}`];
      complain(context, ['columns', index], { code: 'duplicate-key', expected, got });
    } else if (name === UNTIL || name === TIMEZONE) {
      const what = name === UNTIL ? 'which lag gives' : 'which every job has';
      complain(context, ['columns', index], {
        code: 'contradiction',
        expected: `another name than the one of the parameter :${name}, ${what}`,
        suggestion: 'give the column another name in the query: … AS other_name',
      });
    }
  }
  if (!Array.isArray(start) || start.length === columns.length) return;
  const expected = `${columns.length} ${columns.length === 1 ? 'value' : 'values'}, one for each of cursor.columns`;
  complain(context, ['start'], { code: 'contradiction', expected, got: String(start.length) });
}

/** Whole numbers that are larger lose digits on the way from YAML. */
export function checkStartNumber(value: number, context: z.RefinementCtx): void {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return;
  complain(context, [], {
    code: 'wrong-value',
    expected: 'quotes around a number of more than 15 digits, which YAML does not keep exactly',
    suggestion: 'write all its digits as a text',
  });
}

/** Databases differ in what they make of a date that does not exist: some find no row after it. */
export function checkStartText(text: string, context: z.RefinementCtx): void {
  const [date] = /^\d{4}-\d\d-\d\d(?!\d)/.exec(text) ?? [];
  if (date === undefined || parseDate(date) !== undefined) return;
  complain(context, [], { code: 'wrong-value', expected: 'a date that exists' });
}
