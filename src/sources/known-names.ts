import { nearestName } from '../config/nearest-name.ts';
import type { Row } from '../model/row.ts';

/** A name of a query that the database does not know. */
export interface UnknownName {
  readonly kind: 'table' | 'column';
  /** As the database says it, perhaps with what qualifies it. */
  readonly name: string;
}

const MOST_NEAR = 3;
const MOST_LISTED = 12;

/**
 * What to write in the place of a name: the nearest ones, or all where they are few.
 *
 * @param rows tables and columns that may be read, a row for each column
 * @returns a sentence; undefined: nothing helps
 */
export function knownNamesText(
  { kind, name }: UnknownName,
  sql: string,
  rows: readonly Row[],
): string | undefined {
  const words = new Set(sql.toLowerCase().match(/[\w$\u0080-\uffff]+/g));
  const tables = Map.groupBy(rows, ([table]) => String(table));
  const meant = [...tables].filter(([table]) => words.has(table.toLowerCase()));
  const columns = meant.flatMap(([, own]) => own.map(([, column]) => String(column)));
  const known = [...new Set(kind === 'table' ? tables.keys() : columns)];
  const near = nearestNames(name.replace(/^.*\./, ''), known);
  if (near.length > 0) return `Did you mean ${joined(near, 'or')}?`;
  if (known.length === 0 || known.length > MOST_LISTED) return undefined;
  const owners = kind === 'table' ? ['the database'] : meant.map(([table]) => table);
  const has = `${joined(owners, 'and')} ${owners.length > 1 ? 'have' : 'has'}`;
  return `Correct the name of the ${kind}: ${has} ${joined(known, 'and')}.`;
}

function nearestNames(name: string, known: readonly string[]): string[] {
  const left = new Set(known);
  const near: string[] = [];
  while (near.length < MOST_NEAR) {
    const next = nearestName(name, left);
    if (next === undefined) break;
    near.push(next);
    left.delete(next);
  }
  return near;
}

function joined(names: readonly string[], word: string): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${word} ${last}`;
}
