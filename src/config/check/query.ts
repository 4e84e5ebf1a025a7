import { parseNamedParameters } from '../../sources/parameters.ts';
import { type SqlMode, type SqlSyntax, sqlTokens } from '../../sources/sql-tokens.ts';
import { type Complaint, type Finding, findingAt, type Place } from '../finding.ts';
import { didYouMean, nearestName } from '../nearest-name.ts';
import { PlacesInText } from '../yaml/places-in-text.ts';
import type { ScalarTree } from '../yaml/tree.ts';
import { TIMEZONE, UNTIL } from './cursor.ts';
import { parametersOf, type QueryMode } from './query-mode.ts';
import { boundingParameters, missingBounds, unboundedQuery, WINDOW_PARAMETERS } from './window-bounds.ts';

type QueryText = ScalarTree & { readonly value: string };

/**
 * What can be known of a query without its database: one statement, parameters that exist, and for a cursor what keeps
 * rows from being skipped. How the server reads backslashes and quotes is not known yet: what is found is so in every
 * way of reading.
 *
 * @param syntax of the database @param mode undefined: not clear, so that nothing is known of the parameters
 */
export function checkQueryText(query: QueryText, syntax: SqlSyntax, mode: QueryMode | undefined): Finding[] {
  let findings = checkAsRead(query, syntax, syntax.usualMode, mode);
  for (const sqlMode of syntax.unusualModes) {
    if (findings.length === 0) break;
    const again = new Set(checkAsRead(query, syntax, sqlMode, mode).map(whatAndWhere));
    findings = findings.filter((finding) => again.has(whatAndWhere(finding)));
  }
  return findings;
}

const whatAndWhere = ({ place, complaint }: Finding): string => `${place.start} ${complaint.message}`;

function checkAsRead(
  query: QueryText,
  syntax: SqlSyntax,
  sqlMode: SqlMode,
  mode: QueryMode | undefined,
): Finding[] {
  const { names, start, secondStatement } = parseNamedParameters(query.value, syntax, sqlMode);
  const findings: Finding[] = [];
  const places = new PlacesInText(query);
  const placeOf = (offset: number, length: number) => places.find(offset, offset + length) ?? query.place;
  const complain = (place: Place, complaint: Complaint) =>
    findings.push(findingAt(place, ['query'], complaint));
  if (start === undefined) {
    complain(query.place, {
      code: 'wrong-value',
      message: 'expected one SELECT, got only blanks and comments',
    });
    return findings;
  }
  if (secondStatement !== undefined) {
    const [word = ''] = /^\w*/.exec(query.value.slice(secondStatement)) ?? [];
    const place = placeOf(secondStatement, word.length);
    complain(place, { code: 'wrong-value', message: 'expected one statement, got a second one after ";"' });
  }
  if (mode === undefined) return findings;
  const offered = parametersOf(mode);
  const unknown = names.filter(({ name }) => !offered.includes(name));
  for (const { name, offset } of unknown) {
    complain(placeOf(offset, name.length + 1), unknownParameter(name, mode));
  }
  // A mistyped parameter is one mistake, not two.
  const facts = {
    used: new Set(names.map(({ name }) => (offered.includes(name) ? name : nearestName(name, offered)))),
    isMistyped: unknown.length > 0,
    bounding: () => boundingParameters(query.value, syntax, sqlMode),
    hasOrder: () => isOrdered(query.value, syntax, sqlMode),
  };
  for (const complaint of missingIn(mode, facts)) complain(query.place, complaint);
  return findings;
}

const asParameters = (names: readonly string[]): string => names.map((name) => `:${name}`).join(', ');

function unknownParameter(name: string, mode: QueryMode): Complaint {
  const offered = parametersOf(mode);
  const expected =
    offered.length === 1
      ? `no parameter but ${asParameters(offered)} in a ${mode.kind} job`
      : `one of the parameters ${asParameters(offered)}`;
  const message = `expected ${expected}, got ":${name}"`;
  return { code: 'unknown-parameter', message, suggestion: insteadOf(name, mode, offered) };
}

function insteadOf(name: string, mode: QueryMode, offered: readonly string[]): string | undefined {
  if (name === UNTIL && 'hasLag' in mode) return 'set cursor.lag, which gives it';
  if (WINDOW_PARAMETERS.includes(name)) return 'window jobs have it';
  return didYouMean(name, offered, ':');
}

interface QueryFacts {
  /** The parameters in it. */
  readonly used: ReadonlySet<string | undefined>;
  /** Whether there are others, which may stand for any. */
  readonly isMistyped: boolean;
  /** Those with which it may compare its rows. */
  bounding(): ReadonlySet<string>;
  hasOrder(): boolean;
}

/** What a query of each mode needs, so that it reads neither too much nor too little. */
function missingIn(mode: QueryMode, { used, isMistyped, bounding, hasOrder }: QueryFacts): Complaint[] {
  switch (mode.kind) {
    case 'window':
      if (isMistyped) return [];
      if (!mode.allowsOutside) return missingBounds(bounding());
      return [...used].some((name) => name !== TIMEZONE) ? [] : [unboundedQuery];
    case 'cursor':
      return [...unusedParameters(mode, used), ...(hasOrder() ? [] : [unorderedQuery(mode.columns)])];
    case 'snapshot':
      return [];
  }
}

function unusedParameters(
  { columns, hasLag }: Extract<QueryMode, { kind: 'cursor' }>,
  used: ReadonlySet<string | undefined>,
): Complaint[] {
  const missing = columns.filter((name) => !used.has(name));
  const complaints: Complaint[] = [];
  if (missing.length === columns.length) complaints.push(endlessQuery(columns));
  else if (missing.length > 0) complaints.push(halfACursor(columns, missing));
  if (hasLag === true && !used.has(UNTIL)) complaints.push(uselessLag(columns));
  return complaints;
}

const endlessQuery = (columns: readonly string[]): Complaint => ({
  severity: 'warning',
  code: 'unused-parameters',
  message: `expected a query that begins behind ${asParameters(columns)}, got one without`,
  suggestion: `without them the second run fails; write WHERE ${behind(columns)}`,
});

const halfACursor = (columns: readonly string[], missing: readonly string[]): Complaint => ({
  code: 'contradiction',
  message: `expected a query that begins behind ${asParameters(columns)}, got one without ${asParameters(missing)}`,
  suggestion: `rows that are equal in the other columns would be skipped; write WHERE ${behind(columns)}`,
});

const uselessLag = ([first = '']: readonly string[]): Complaint => ({
  code: 'contradiction',
  message: 'expected a query that ends at :until, because cursor.lag is set, got one without',
  suggestion:
    `rows that are committed late would be skipped; compare the time of the rows with it, e.g. AND ${first} <= ` +
    ':until',
});

const unorderedQuery = (columns: readonly string[]): Complaint => ({
  severity: 'warning',
  code: 'unordered-query',
  message: 'expected a query with ORDER BY, got one without',
  suggestion: `rows must come in the order of the cursor columns, or the run fails; write ORDER BY ${columns.join(', ')}`,
});

function behind(columns: readonly string[]): string {
  const [first = ''] = columns;
  return columns.length === 1
    ? `${first} > :${first}`
    : `(${columns.join(', ')}) > (${asParameters(columns)})`;
}

/** Whether a query has an `ORDER BY` outside of all parentheses: a rough look, which knows no more of SQL. Pure. */
function isOrdered(sql: string, syntax: SqlSyntax, mode?: SqlMode): boolean {
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
