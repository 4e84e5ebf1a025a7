import {
  BLANK,
  CODE,
  cut,
  DOUBLE_QUOTED,
  type Rule,
  type SqlMode,
  type SqlSyntax,
  type SqlToken,
  STRING,
} from '../sql-tokens.ts';

// A literal goes on after a line break, with the same meaning of backslashes.
const ESCAPED_STRING: Rule = ['quoted', /[eE]'(?:[^'\\]|\\[\s\S]?|''|'[ \t\f\v]*[\n\r]\s*')*(?:'|$)/y];
const UNMARKED_ESCAPED_STRING: Rule = ['quoted', /'(?:[^'\\]|\\[\s\S]?|''|'[ \t\f\v]*[\n\r]\s*')*(?:'|$)/y];
const DOLLAR_QUOTED: Rule = [
  'quoted',
  /\$((?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$[\s\S]*?(?:\$\1\$|$)/y,
];

const rules = ({ backslashEscapes }: SqlMode): readonly Rule[] => [
  BLANK,
  ['comment', /--[^\n\r]*/y],
  ['comment', endOfNestedComment],
  ESCAPED_STRING,
  backslashEscapes ? UNMARKED_ESCAPED_STRING : STRING,
  DOUBLE_QUOTED,
  DOLLAR_QUOTED,
  ...CODE,
];

const USUAL = { backslashEscapes: false, ansiQuotes: true, bracketedNames: false };

export const SYNTAX: SqlSyntax = {
  usualMode: USUAL,
  unusualModes: [{ ...USUAL, backslashEscapes: true }],
  *tokens(sql, mode) {
    let brackets = 0;
    for (const token of cut(sql, rules(mode))) {
      if (sql[token.start] === '[') brackets++;
      if (sql[token.start] === ']') brackets--;
      yield brackets > 0 && isSlice(sql, token) ? { ...token, kind: 'code' } : token;
    }
  },
};

/** `array[low:high]` takes a part of an array. */
const isSlice = (sql: string, { kind, start }: SqlToken): boolean =>
  kind === 'parameter' && /[\w$)\]"\u0080-\uffff]/.test(sql[start - 1] ?? '');

function endOfNestedComment(sql: string, start: number): number | undefined {
  if (!sql.startsWith('/*', start)) return undefined;
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start;
  let depth = 0;
  for (let match = edge.exec(sql); match !== null; match = edge.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return sql.length;
}
