/** knex's names of the databases: each has its own rules for what is a literal, an identifier or a comment. */
export type Client = 'pg' | 'mysql2' | 'better-sqlite3';

export interface SqlToken {
  readonly kind: 'code' | 'blank' | 'quoted' | 'comment' | 'parameter' | 'separator';
  /** UTF-16 offsets into the text, `end` excluded. */
  readonly start: number;
  readonly end: number;
}

type Rule = readonly [kind: SqlToken['kind'], pattern: RegExp];

/*
 * The first rule that matches at a place decides; what no rule knows is one character of code. A literal or comment that
 * is never closed reaches to the end of the text: the database will complain, and nothing in it is taken for a parameter.
 */
const BLANK: Rule = ['blank', /\s+/y];
const DASHED_COMMENT: Rule = ['comment', /--[^\n\r]*/y];
const FLAT_COMMENT: Rule = ['comment', /\/\*[\s\S]*?(?:\*\/|$)/y];
const STRING: Rule = ['quoted', /'(?:[^']|'')*(?:'|$)/y];
const QUOTED_NAME: Rule = ['quoted', /"(?:[^"]|"")*(?:"|$)/y];
const BACKTICKED_NAME: Rule = ['quoted', /`(?:[^`]|``)*(?:`|$)/y];
const WORD: Rule = ['code', /[\w$\u0080-\uffff]+/y];
const CODE: readonly Rule[] = [
  WORD,
  ['code', /::|:=/y],
  ['parameter', /:[A-Za-z_]\w*/y],
  ['separator', /;/y],
];

const RULES: Readonly<Record<Client, readonly Rule[]>> = {
  pg: [
    BLANK,
    DASHED_COMMENT,
    // A literal goes on after a line break, with the same meaning of backslashes.
    ['quoted', /[eE]'(?:[^'\\]|\\[\s\S]?|''|'[ \t\f\v]*[\n\r]\s*')*(?:'|$)/y],
    STRING,
    QUOTED_NAME,
    ['quoted', /\$((?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$[\s\S]*?(?:\$\1\$|$)/y],
    ...CODE,
  ],
  mysql2: [
    BLANK,
    ['comment', /(?:--(?=[\s\p{Cc}]|$)|#)[^\n]*/uy],
    FLAT_COMMENT,
    ['quoted', /'(?:[^'\\]|\\[\s\S]?|'')*(?:'|$)/y],
    ['quoted', /"(?:[^"\\]|\\[\s\S]?|"")*(?:"|$)/y],
    BACKTICKED_NAME,
    ...CODE,
  ],
  'better-sqlite3': [
    BLANK,
    ['comment', /--[^\n]*/y],
    FLAT_COMMENT,
    STRING,
    QUOTED_NAME,
    BACKTICKED_NAME,
    ['quoted', /\[[^\]]*(?:\]|$)/y],
    ...CODE,
  ],
};

/** Cuts SQL into tokens without gaps. */
export function* sqlTokens(sql: string, client: Client): Generator<SqlToken> {
  let brackets = 0;
  for (let start = 0, end = 0; start < sql.length; start = end) {
    const token = tokenAt(sql, start, client);
    end = token.end;
    if (sql[start] === '[') brackets++;
    if (sql[start] === ']') brackets--;
    // PostgreSQL's array[low:high] takes a part of an array.
    const isSlice = token.kind === 'parameter' && client === 'pg' && brackets > 0 && endsOperand(sql, start);
    yield isSlice ? { ...token, kind: 'code' } : token;
  }
}

function tokenAt(sql: string, start: number, client: Client): SqlToken {
  if (client === 'pg' && sql.startsWith('/*', start)) {
    return { kind: 'comment', start, end: endOfNestedComment(sql, start) };
  }
  for (const [kind, pattern] of RULES[client]) {
    pattern.lastIndex = start;
    if (pattern.test(sql)) return { kind, start, end: pattern.lastIndex };
  }
  return { kind: 'code', start, end: start + 1 };
}

function endOfNestedComment(sql: string, start: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start;
  let depth = 0;
  for (let match = edge.exec(sql); match !== null; match = edge.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return sql.length;
}

const endsOperand = (sql: string, offset: number) => /[\w$)\]"\u0080-\uffff]/.test(sql[offset - 1] ?? '');
