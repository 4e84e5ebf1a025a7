import { type SqlMode, type SqlSyntax, sqlTokens } from '../../sources/sql-tokens.ts';
import type { Complaint } from '../finding.ts';

/** The parameters of each end of a window: instants or dates, in one query also both. */
const ENDS = [
  ['from', 'from_date'],
  ['to', 'to_date'],
] as const;

/** The parameters of window jobs, each of which bounds the rows. */
export const WINDOW_PARAMETERS: readonly string[] = ['from', 'to', 'from_date', 'to_date'];

/** A query that is to read the rows of a window and no others. @param bounding what it may compare them with */
export function missingBounds(bounding: ReadonlySet<string>): Complaint[] {
  const missing = ENDS.filter((names) => !names.some((name) => bounding.has(name)));
  if (missing.length === 0) return [];
  const without = missing.map((names) => names.map((name) => `:${name}`).join(' or ')).join(', nor with ');
  return [
    {
      code: 'unused-parameters',
      message: `expected a query that compares its rows with both ends of the window, got one without a comparison with ${without}`,
      suggestion:
        'write WHERE time >= :from AND time < :to, or with dates day >= :from_date AND day < :to_date; ' +
        'window.allow_outside: true is for rows that are meant to lie outside',
    },
  ];
}

export const unboundedQuery: Complaint = {
  severity: 'warning',
  code: 'unused-parameters',
  message: 'expected a query bounded by :from, :to, :from_date, :to_date, got one without any of them',
  suggestion: 'without them the whole table is read for each window',
};

/**
 * The names of the parameters that are more than a column by themselves: `SELECT :from_date AS day` bounds nothing. A
 * rough look, which leaves out what certainly is no comparison.
 */
export function boundingParameters(sql: string, syntax: SqlSyntax, mode?: SqlMode): Set<string> {
  const tokens = Array.from(sqlTokens(sql, syntax, mode))
    .filter(({ kind }) => kind !== 'blank' && kind !== 'comment')
    .map(({ kind, start, end }) => ({ kind, text: sql.slice(start, end).toLowerCase(), start, end }));
  const names = new Set<string>();
  let depth = 0;
  let isSelecting = false;
  for (const [index, { kind, text, start, end }] of tokens.entries()) {
    if (text === '(') depth++;
    if (text === ')') depth--;
    if (depth === 0 && (text === 'select' || text === 'from')) isSelecting = text === 'select';
    if (kind !== 'parameter') continue;
    const begins = ['select', 'distinct', ','].includes(tokens[index - 1]?.text ?? '');
    const ends = ['as', 'from', ',', '::'].includes(tokens[index + 1]?.text ?? '');
    const isColumn = depth === 0 && isSelecting && begins && ends;
    if (!isColumn) names.add(sql.slice(start + 1, end));
  }
  return names;
}
