import { parseDate, parseDateTime } from '../calendar/date-time.ts';
import type { CursorValue, Parameter } from '../model/query.ts';
import type { Column, ColumnKind, RawValue, Row } from '../model/row.ts';
import type { RowBatch } from '../model/row-batch.ts';
import { Columns } from './columns.ts';
import { compareDecimals } from './compare-decimals.ts';
import { compareDateTimes, isDateTime } from './cursor-dates.ts';
import { binaryTrouble, MappingError, shown } from './not-a-record.ts';
import { plainDigits } from './numbers.ts';

/** How positions are read from the rows of one query, and compared. */
export interface CursorReader {
  /** The position of a row. Throws NoPositionError. */
  valuesOf(row: Row): readonly CursorValue[];
  /** The same of a row of a batch, of which nothing else is read. @param row its index */
  valuesAt(rows: RowBatch, row: number): readonly CursorValue[];
  /**
   * Below, at or above zero as position `a` comes before `b`, is the same, or comes after it; undefined where only the
   * database knows: the order of texts is that of a collation. Never throws.
   */
  compare(a: readonly CursorValue[], b: readonly CursorValue[]): number | undefined;
}

/** A row has no position: going on from it could skip rows. */
export class NoPositionError extends Error {
  readonly side = 'config';
  readonly remedy: string;

  constructor(column: string, what: string, remedy: string) {
    super(`cursor column ${column} ${what}`);
    this.name = 'NoPositionError';
    this.remedy = remedy;
  }
}

type ValueReader = (value: RawValue) => CursorValue;
type Comparison = (a: CursorValue, b: CursorValue) => number | undefined;

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;

/** Why columns of these kinds cannot tell what is new, and what can. */
const UNFIT: Readonly<Partial<Record<ColumnKind, readonly [string, string]>>> = {
  float: [
    'which need not be printed exactly, so that rows could be skipped or come again',
    'Use an integer, a decimal or a timestamp, or cast the column to a decimal in the query and in its comparison.',
  ],
  boolean: [
    'which is the same for many rows',
    'Use a column that grows, such as a timestamp or a serial number.',
  ],
  unsupported: ['which has no order that can be followed', 'Use a timestamp, a number or a text.'],
};

/**
 * Compiles a job's cursor for the columns of its query, once. Throws MappingError for columns that cannot be followed.
 */
export function compileCursor(names: readonly string[], columns: readonly Column[]): CursorReader {
  const all = new Columns(columns);
  const parts = names.map((name) => {
    const { column, index } = all.find(name, 'cursor.columns');
    refuseUnfit(column);
    return { index, read: valueReader(column), compare: comparison(column) };
  });
  return {
    valuesOf: (row) => parts.map(({ index, read }) => read(row[index] ?? null)),
    valuesAt: (rows, row) => parts.map(({ index, read }) => read(rows.at(row * rows.width + index))),
    compare(a, b) {
      for (const [index, part] of parts.entries()) {
        const [one, other] = [a[index], b[index]];
        if (one === undefined || other === undefined) return undefined;
        if (one.text === other.text && one.kind === other.kind) continue;
        const order = part.compare(one, other);
        if (order !== 0) return order;
      }
      return 0;
    },
  };
}

function refuseUnfit({ name, type, kind }: Column): void {
  const [why, remedy] = UNFIT[kind] ?? [];
  if (why === undefined || remedy === undefined) return;
  throw new MappingError(`cursor.columns names the column ${name} of the type ${type}, ${why}`, remedy);
}

function valueReader({ name, kind }: Column): ValueReader {
  const readText = textReader(name, kind);
  return (value) => {
    if (typeof value === 'string') return readText(value);
    if (typeof value === 'bigint') return { kind: 'number', text: String(value) };
    if (typeof value === 'number' && Number.isFinite(value)) {
      return { kind: 'number', text: plainDigits(value) };
    }
    if (value === null) {
      const remedy = `Leave such rows out in the query: ${name} IS NOT NULL.`;
      throw new NoPositionError(name, 'is null, and no row could be found behind it', remedy);
    }
    const what = `holds ${binaryTrouble(value)?.what ?? value}`;
    throw new NoPositionError(name, what, 'Leave such rows out in the query, or use another column.');
  };
}

/**
 * The position must be one behind which rows are found again: not at the end of time, nor at a date that does not
 * exist.
 */
function textReader(name: string, kind: ColumnKind): (text: string) => CursorValue {
  const refuse = (text: string, what: string) =>
    new NoPositionError(
      name,
      `holds ${shown(text)}, which is no ${what}`,
      'Leave such rows out in the query, or use another column.',
    );
  switch (kind) {
    case 'integer':
    case 'decimal':
      return (text) => {
        if (!DECIMAL.test(text)) throw refuse(text, 'number');
        return { kind: 'number', text };
      };
    case 'date':
    case 'local-datetime':
    case 'instant':
      return (text) => {
        if (!isDateTime(text)) throw refuse(text, 'date that exists in the years 1 to 9999');
        return { kind: 'datetime', text };
      };
    default:
      return (text) => ({ kind: 'text', text });
  }
}

function comparison({ kind }: Column): Comparison {
  return (a, b) => {
    if (a.kind !== b.kind) return undefined;
    if (a.kind === 'number') return compareDecimals(a.text, b.text);
    if (a.kind === 'datetime') return compareDateTimes(a.text, b.text);
    const areDates = kind === 'dynamic' && isDateTime(a.text) && isDateTime(b.text);
    return areDates ? compareDateTimes(a.text, b.text) : undefined;
  };
}

/** The position that a job's `cursor.start` tells, as parameters. */
export const startOf = (values: readonly (string | number)[]): readonly Parameter[] => values.map(startValue);

function startValue(value: string | number): Parameter {
  if (typeof value === 'number') return { kind: 'number', text: plainDigits(value) };
  // Numbers that JavaScript cannot hold are written in quotes.
  if (/^-?\d{16,}$/.test(value)) return { kind: 'number', text: value };
  if (parseDate(value) !== undefined) return { kind: 'datetime', text: value };
  const dateTime = parseDateTime(value);
  if (dateTime === undefined) return { kind: 'text', text: value };
  const { wallClock, offset, fraction } = dateTime;
  // SQLite compares texts, and a blank comes before whatever else may stand there.
  if (offset === undefined) return { kind: 'datetime', text: value.replace('T', ' ') };
  // Rounded down: nothing that comes after the start may lie before it.
  const milliseconds = Math.floor(Number(`0${fraction}`) * 1_000);
  return { kind: 'instant', epochMilliseconds: wallClock - offset + milliseconds };
}
