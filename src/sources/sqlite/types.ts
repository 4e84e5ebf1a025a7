import type { Column, ColumnKind } from '../../model/row.ts';
import type { SqliteColumn } from './process.ts';

/** Declared types are free text; the first pattern that fits decides. What fits none is judged value by value. */
const KINDS: readonly (readonly [RegExp, ColumnKind])[] = [
  [/JSON|BLOB|BINARY|BYTEA/, 'unsupported'],
  [/VARCHAR|VARYING|TEXT|CLOB|UUID|INTERVAL/, 'text'],
  [/CHAR/, 'padded-text'],
  [/^(TIMESTAMPTZ|TIMESTAMP.* WITH TIME ZONE)/, 'instant'],
  [/^(DATETIME|TIMESTAMP)/, 'local-datetime'],
  [/^DATE/, 'date'],
  [/^TIME/, 'text'],
  [/^BOOL/, 'boolean'],
  [/^(DECIMAL|NUMERIC|NUMBER|MONEY)/, 'decimal'],
  [/REAL|FLOA|DOUB/, 'float'],
  [/INT|SERIAL/, 'integer'],
];

/**
 * A column by its declared type. Expressions have none, and columns need not: these may hold values of any type.
 *
 * @param computes what the query's text tells of it
 */
export function describeColumn({ name, type }: SqliteColumn, computes?: Column['computes']): Column {
  if (type === null || type === '') {
    return { name, type: 'any', kind: 'dynamic', ...(computes === undefined ? {} : { computes }) };
  }
  const declared = type.toUpperCase();
  const kind = KINDS.find(([pattern]) => pattern.test(declared))?.[1] ?? 'dynamic';
  return kind === 'unsupported'
    ? { name, type, kind, remedy: remedyFor(name, declared) }
    : { name, type, kind };
}

function remedyFor(name: string, declared: string): string {
  const column = /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
  return declared.includes('JSON')
    ? `Select a value of it, e.g. ${column} ->> '$.key'.`
    : `Select it as text, e.g. hex(${column}).`;
}
