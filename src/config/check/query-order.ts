import { type SqlMode, type SqlSyntax, sqlTokens } from '../../sources/sql-tokens.ts';

/** Whether a query has an `ORDER BY` outside of all parentheses: a rough look, which knows no more of SQL. Pure. */
export function isOrdered(sql: string, syntax: SqlSyntax, mode?: SqlMode): boolean {
  let depth = 0;
  let before = '';
  for (const { kind, start, end } of sqlTokens(sql, syntax, mode)) {
    if (kind === 'blank' || kind === 'comment') continue;
    const word = kind === 'code' ? sql.slice(start, end).toLowerCase() : '';
    if (word === '(') depth++;
    if (word === ')') depth--;
    if (depth === 0 && before === 'order' && word === 'by') return true;
    before = word;
  }
  return false;
}
