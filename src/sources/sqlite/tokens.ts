import {
  BACKTICKED_NAME,
  BLANK,
  BRACKETED_NAME,
  CODE,
  cut,
  DOUBLE_QUOTED,
  FLAT_COMMENT,
  type Rule,
  type SqlSyntax,
  STRING,
} from '../sql-tokens.ts';

const RULES: readonly Rule[] = [
  BLANK,
  ['comment', /--[^\n]*/y],
  FLAT_COMMENT,
  STRING,
  DOUBLE_QUOTED,
  BACKTICKED_NAME,
  BRACKETED_NAME,
  ...CODE,
];

/** There is no setting for it. */
export const SYNTAX: SqlSyntax = {
  usualMode: { backslashEscapes: false, ansiQuotes: true, bracketedNames: true },
  unusualModes: [],
  tokens: (sql) => cut(sql, RULES),
};

/** So that the statement can stand inside another one. */
export function withoutSemicolon(sql: string): string {
  const tokens = Array.from(cut(sql, RULES)).filter(({ kind }) => kind !== 'separator');
  return tokens.map(({ start, end }) => sql.slice(start, end)).join('');
}
