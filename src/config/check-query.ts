import { parseNamedParameters } from '../sources/named-parameters.ts';
import type { Client } from './config-schema.ts';
import { type Complaint, type Finding, findingAt, type Place } from './finding.ts';
import { didYouMean } from './nearest-name.ts';
import type { ScalarTree } from './tree.ts';

/** The parameters that a window job binds. */
const WINDOW_PARAMETERS = ['from', 'to', 'from_date', 'to_date'];
const OFFERED = WINDOW_PARAMETERS.map((name) => `:${name}`).join(', ');

type QueryText = ScalarTree & { readonly value: string };

/** What can be known of a query without its database: one statement, parameters that exist. */
export function checkQuery(query: QueryText, client: Client): Finding[] {
  const { names, start, secondStatement } = parseNamedParameters(query.value, client);
  const findings: Finding[] = [];
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
    const place = placeInText(query, secondStatement, word);
    complain(place, { code: 'wrong-value', message: 'expected one statement, got a second one after ";"' });
  }
  for (const { name, offset } of names) {
    if (WINDOW_PARAMETERS.includes(name)) continue;
    complain(placeInText(query, offset, `:${name}`), {
      code: 'unknown-parameter',
      message: `expected one of the parameters ${OFFERED}, got ":${name}"`,
      suggestion: didYouMean(name, WINDOW_PARAMETERS, ':'),
    });
  }
  if (names.length === 0) complain(query.place, unboundedQuery);
  return findings;
}

const unboundedQuery: Complaint = {
  severity: 'warning',
  code: 'unused-parameters',
  message: `expected a query bounded by ${OFFERED}, got one without parameters`,
  suggestion: 'without them every run reads the whole table, and rows outside the window fail it',
};

/**
 * Where a piece of a text stands in its file. YAML may have folded lines and taken indentation away, but the pieces
 * come in the same order: the n-th occurrence in the text is the n-th in the file.
 */
function placeInText({ value, place }: QueryText, offset: number, piece: string): Place {
  const source = place.file.text;
  const isBlock = value !== source && /[|>]/.test(source[place.start] ?? '');
  let found = (isBlock ? source.indexOf('\n', place.start) : place.start) - 1;
  for (let at = -1; at < offset; ) {
    at = value.indexOf(piece, at + 1);
    found = source.indexOf(piece, found + 1);
    if (at === -1 || found === -1 || found >= place.end) return place;
  }
  return { file: place.file, start: found, end: found + piece.length };
}
