/** How a server reads SQL, as far as its settings decide. */
export interface SqlMode {
  /** A backslash in a text escapes what comes after it. */
  readonly backslashEscapes: boolean;
  /** Double quotes stand around names, as in the standard; otherwise around texts. */
  readonly ansiQuotes: boolean;
  /** Brackets stand around names. */
  readonly bracketedNames: boolean;
}

/** What is a literal, a name or a comment to a kind of database. */
export interface SqlSyntax {
  /** How a server reads SQL that was set up without thinking of it. */
  readonly usualMode: SqlMode;
  /** Every other way in which a server may read SQL. */
  readonly unusualModes: readonly SqlMode[];
  tokens(sql: string, mode: SqlMode): Iterable<SqlToken>;
}

export interface SqlToken {
  readonly kind: 'code' | 'blank' | 'quoted' | 'comment' | 'parameter' | 'separator';
  /** UTF-16 offsets into the text, `end` excluded. */
  readonly start: number;
  readonly end: number;
}

/** Cuts SQL into tokens without gaps. */
export const sqlTokens = (sql: string, syntax: SqlSyntax, mode = syntax.usualMode): Iterable<SqlToken> =>
  syntax.tokens(sql, mode);

/**
 * A kind of token, and a sticky pattern of it, or what tells where the one ends that begins there; undefined: none
 * does.
 */
export type Rule = readonly [
  kind: SqlToken['kind'],
  pattern: RegExp | ((sql: string, start: number) => number | undefined),
];

/*
 * The first rule that matches at a place decides; what no rule knows is one character of code. A literal or comment
 * that is never closed reaches to the end of the text: the database will complain, and nothing in it is taken for a
 * parameter.
 */
export const BLANK: Rule = ['blank', /\s+/y];
export const FLAT_COMMENT: Rule = ['comment', /\/\*[\s\S]*?(?:\*\/|$)/y];
export const STRING: Rule = ['quoted', /'(?:[^']|'')*(?:'|$)/y];
export const DOUBLE_QUOTED: Rule = ['quoted', /"(?:[^"]|"")*(?:"|$)/y];
export const BACKTICKED_NAME: Rule = ['quoted', /`(?:[^`]|``)*(?:`|$)/y];
export const BRACKETED_NAME: Rule = ['quoted', /\[[^\]]*(?:\]|$)/y];
export const CODE: readonly Rule[] = [
  ['code', /[\w$\u0080-\uffff]+/y],
  ['code', /::|:=/y],
  ['parameter', /:[A-Za-z_]\w*/y],
  ['separator', /;/y],
];

/** Cuts SQL by rules. */
export function* cut(sql: string, rules: readonly Rule[]): Generator<SqlToken> {
  for (let start = 0, end = 0; start < sql.length; start = end) {
    const token = tokenAt(sql, start, rules);
    end = token.end;
    yield token;
  }
}

function tokenAt(sql: string, start: number, rules: readonly Rule[]): SqlToken {
  for (const [kind, pattern] of rules) {
    const end = typeof pattern === 'function' ? pattern(sql, start) : endOf(pattern, sql, start);
    if (end !== undefined) return { kind, start, end };
  }
  return { kind: 'code', start, end: start + 1 };
}

function endOf(pattern: RegExp, sql: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(sql) ? pattern.lastIndex : undefined;
}
