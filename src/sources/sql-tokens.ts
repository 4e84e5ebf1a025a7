/** knex's names of the databases: each has its own rules for what is a literal, an identifier or a comment. */
export type Client = 'pg' | 'mysql2' | 'better-sqlite3';

/** How a server reads SQL, as far as its settings decide. */
export interface SqlMode {
  /** A backslash in a text escapes what comes after it. */
  readonly backslashEscapes: boolean;
  /** Double quotes stand around names, as in the standard; otherwise around texts. */
  readonly ansiQuotes: boolean;
  /** Brackets stand around names. */
  readonly bracketedNames: boolean;
}

const USUAL_MODES: Readonly<Record<Client, SqlMode>> = {
  pg: { backslashEscapes: false, ansiQuotes: true, bracketedNames: false },
  mysql2: { backslashEscapes: true, ansiQuotes: false, bracketedNames: false },
  'better-sqlite3': { backslashEscapes: false, ansiQuotes: true, bracketedNames: true },
};

/** How a server reads SQL that was set up without thinking of it. */
export const usualMode = (client: Client): SqlMode => USUAL_MODES[client];

/** Every other way in which a server may read SQL. */
export function unusualModes(client: Client): readonly SqlMode[] {
  const usual = USUAL_MODES[client];
  if (client === 'better-sqlite3') return [];
  const otherwise = { ...usual, backslashEscapes: !usual.backslashEscapes };
  if (client === 'pg') return [otherwise];
  const standard = [usual, otherwise].map((mode) => ({ ...mode, ansiQuotes: true }));
  return [otherwise, ...standard, ...standard.map((mode) => ({ ...mode, bracketedNames: true }))];
}

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
const DOUBLE_QUOTED: Rule = ['quoted', /"(?:[^"]|"")*(?:"|$)/y];
const ESCAPED_STRING: Rule = ['quoted', /'(?:[^'\\]|\\[\s\S]?|'')*(?:'|$)/y];
const ESCAPED_DOUBLE_QUOTED: Rule = ['quoted', /"(?:[^"\\]|\\[\s\S]?|"")*(?:"|$)/y];
// A literal goes on after a line break, with the same meaning of backslashes.
const ESCAPED_POSTGRESQL: Rule = ['quoted', /[eE]'(?:[^'\\]|\\[\s\S]?|''|'[ \t\f\v]*[\n\r]\s*')*(?:'|$)/y];
const UNMARKED_ESCAPED_POSTGRESQL: Rule = [
  'quoted',
  /'(?:[^'\\]|\\[\s\S]?|''|'[ \t\f\v]*[\n\r]\s*')*(?:'|$)/y,
];
const DOLLAR_QUOTED: Rule = [
  'quoted',
  /\$((?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$[\s\S]*?(?:\$\1\$|$)/y,
];
const BRACKETED_NAME: Rule = ['quoted', /\[[^\]]*(?:\]|$)/y];
const BACKTICKED_NAME: Rule = ['quoted', /`(?:[^`]|``)*(?:`|$)/y];
const WORD: Rule = ['code', /[\w$\u0080-\uffff]+/y];
const CODE: readonly Rule[] = [
  WORD,
  ['code', /::|:=/y],
  ['parameter', /:[A-Za-z_]\w*/y],
  ['separator', /;/y],
];

const RULES: Readonly<Record<Client, (mode: SqlMode) => readonly Rule[]>> = {
  pg: ({ backslashEscapes }) => [
    BLANK,
    DASHED_COMMENT,
    ESCAPED_POSTGRESQL,
    backslashEscapes ? UNMARKED_ESCAPED_POSTGRESQL : STRING,
    DOUBLE_QUOTED,
    DOLLAR_QUOTED,
    ...CODE,
  ],
  mysql2: ({ backslashEscapes, ansiQuotes, bracketedNames }) => [
    BLANK,
    ['comment', /(?:--(?=[\s\p{Cc}]|$)|#)[^\n]*/uy],
    FLAT_COMMENT,
    backslashEscapes ? ESCAPED_STRING : STRING,
    backslashEscapes && !ansiQuotes ? ESCAPED_DOUBLE_QUOTED : DOUBLE_QUOTED,
    BACKTICKED_NAME,
    ...(bracketedNames ? [BRACKETED_NAME] : []),
    ...CODE,
  ],
  'better-sqlite3': () => [
    BLANK,
    ['comment', /--[^\n]*/y],
    FLAT_COMMENT,
    STRING,
    DOUBLE_QUOTED,
    BACKTICKED_NAME,
    BRACKETED_NAME,
    ...CODE,
  ],
};

/** Cuts SQL into tokens without gaps. */
export function* sqlTokens(sql: string, client: Client, mode = usualMode(client)): Generator<SqlToken> {
  const rules = RULES[client](mode);
  let brackets = 0;
  for (let start = 0, end = 0; start < sql.length; start = end) {
    const token = tokenAt(sql, start, client, rules);
    end = token.end;
    if (sql[start] === '[') brackets++;
    if (sql[start] === ']') brackets--;
    // PostgreSQL's array[low:high] takes a part of an array.
    const isSlice = token.kind === 'parameter' && client === 'pg' && brackets > 0 && endsOperand(sql, start);
    yield isSlice ? { ...token, kind: 'code' } : token;
  }
}

function tokenAt(sql: string, start: number, client: Client, rules: readonly Rule[]): SqlToken {
  if (client === 'pg' && sql.startsWith('/*', start)) {
    return { kind: 'comment', start, end: endOfNestedComment(sql, start) };
  }
  for (const [kind, pattern] of rules) {
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
