import {
  BACKTICKED_NAME,
  BLANK,
  BRACKETED_NAME,
  CODE,
  cut,
  DOUBLE_QUOTED,
  FLAT_COMMENT,
  type Rule,
  type SqlMode,
  type SqlSyntax,
  STRING,
} from '../sql-tokens.ts';

const ESCAPED_STRING: Rule = ['quoted', /'(?:[^'\\]|\\[\s\S]?|'')*(?:'|$)/y];
const ESCAPED_DOUBLE_QUOTED: Rule = ['quoted', /"(?:[^"\\]|\\[\s\S]?|"")*(?:"|$)/y];

const rules = ({ backslashEscapes, ansiQuotes, bracketedNames }: SqlMode): readonly Rule[] => [
  BLANK,
  ['comment', /(?:--(?=[\s\p{Cc}]|$)|#)[^\n]*/uy],
  FLAT_COMMENT,
  backslashEscapes ? ESCAPED_STRING : STRING,
  backslashEscapes && !ansiQuotes ? ESCAPED_DOUBLE_QUOTED : DOUBLE_QUOTED,
  BACKTICKED_NAME,
  ...(bracketedNames ? [BRACKETED_NAME] : []),
  ...CODE,
];

const USUAL = { backslashEscapes: true, ansiQuotes: false, bracketedNames: false };
const UNESCAPED = { ...USUAL, backslashEscapes: false };
const STANDARD = [USUAL, UNESCAPED].map((mode) => ({ ...mode, ansiQuotes: true }));

export const SYNTAX: SqlSyntax = {
  usualMode: USUAL,
  unusualModes: [UNESCAPED, ...STANDARD, ...STANDARD.map((mode) => ({ ...mode, bracketedNames: true }))],
  tokens: (sql, mode) => cut(sql, rules(mode)),
};

/**
 * The server's mode is kept, so that a query means to it what it means to the server's own client.
 * @param names of `sql_mode`
 */
export function modeOf(names: string): SqlMode {
  const has = (name: string) => names.split(',').includes(name);
  return {
    backslashEscapes: !has('NO_BACKSLASH_ESCAPES'),
    ansiQuotes: has('ANSI_QUOTES'),
    bracketedNames: has('MSSQL'),
  };
}
