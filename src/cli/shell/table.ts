import Table from 'cli-table3';
import { grouped } from '../../words/counts.ts';
import { cut, widthOf } from './text-width.ts';

const NO_BORDERS = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ].map((name) => [name, '']),
);
const NO_STYLE = { head: [], border: [], 'padding-left': 0, 'padding-right': 0 };
const GAP = 2;
/** Narrower than this, a text that is cut or goes on in further lines says nothing. */
const NARROWEST = 16;

/** A column of a table, and what becomes of it where a terminal is too narrow for all of them. */
export interface Column {
  readonly name: string;
  /** Those of the least worth go first; left out: it stays. */
  readonly worth?: number;
  /** Takes what room the others leave: its texts go on in further lines, or are cut. */
  readonly narrow?: 'wrap' | 'cut';
  /** Characters that such a column has at least; left out: so many that it says something. */
  readonly least?: number;
  /** Left out: numbers stand to the right. */
  readonly align?: 'left' | 'right';
}

type Cell = string | number;

interface Drawn {
  readonly column: Column;
  readonly cells: readonly string[];
  readonly align: 'left' | 'right';
}

/** A column with the width that it is to have. */
type Fitted = Drawn & { readonly width: number };

/**
 * Columns divided by blanks, which a person reads and a shell cuts; numbers to the right.
 *
 * @param width characters in a line of the terminal; left out: as many as it takes
 */
export function table(
  columns: readonly (string | Column)[],
  rows: readonly (readonly Cell[])[],
  width?: number,
): string {
  const all = drawnColumns(columns, rows);
  const fitted = fittedColumns(all, width);
  const shown = fitted ?? all;
  const drawn = new Table({
    head: shown.map(({ column }) => column.name),
    chars: { ...NO_BORDERS, middle: ' '.repeat(GAP) },
    style: NO_STYLE,
    colAligns: shown.map(({ align }) => align),
    ...(fitted === undefined ? {} : { colWidths: fitted.map((each) => each.width), wordWrap: true }),
  });
  for (const index of rows.keys()) drawn.push(shown.map((each) => each.cells[index] ?? ''));
  return `${drawn.toString().replace(/ +$/gm, '')}\n`;
}

/** The names of columns for which a table of this width has no room. */
export function leftOut(
  columns: readonly (string | Column)[],
  rows: readonly (readonly Cell[])[],
  width?: number,
): string[] {
  const all = drawnColumns(columns, rows);
  const shown = new Set((fittedColumns(all, width) ?? all).map(({ column }) => column.name));
  return all.map(({ column }) => column.name).filter((name) => !shown.has(name));
}

const drawnColumns = (columns: readonly (string | Column)[], rows: readonly (readonly Cell[])[]): Drawn[] =>
  columns.map((column, index) =>
    drawnColumn(
      column,
      rows.map((row) => row[index] ?? ''),
    ),
  );

function drawnColumn(named: string | Column, values: readonly Cell[]): Drawn {
  const column = typeof named === 'string' ? { name: named } : named;
  const cells = values.map((value) => (typeof value === 'number' ? grouped(value) : value));
  const isNumber = values.length > 0 && values.every((value) => typeof value === 'number');
  return { column, cells, align: column.align ?? (isNumber ? 'right' : 'left') };
}

/** Undefined when all of them have room as they are. */
function fittedColumns(all: readonly Drawn[], width: number | undefined): readonly Fitted[] | undefined {
  if (width === undefined) return undefined;
  const whole = all.map((each) => ({ ...each, width: widest([each.column.name, ...each.cells]) }));
  if (sumOf(whole) <= width) return undefined;
  // A heading may have several lines.
  const tight = all.map((each) => ({
    ...each,
    width: widest([...each.column.name.split(' '), ...each.cells]),
  }));
  return shared(worthShowing(tight, width), width).map((each) =>
    each.column.narrow === 'cut' ? { ...each, cells: each.cells.map((cell) => cut(cell, each.width)) } : each,
  );
}

const widest = (texts: readonly string[]): number =>
  texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);

const sumOf = (shown: readonly { readonly width: number }[]): number =>
  shown.reduce((sum, { width }) => sum + width, GAP * Math.max(0, shown.length - 1));

/** The narrowest that a column may become. */
const least = (each: Fitted): Fitted =>
  each.column.narrow === undefined
    ? each
    : { ...each, width: Math.min(each.width, each.column.least ?? NARROWEST) };

function worthShowing(all: readonly Fitted[], width: number): readonly Fitted[] {
  let shown = all;
  while (sumOf(shown.map(least)) > width) {
    const worths = shown.flatMap(({ column }) => column.worth ?? []);
    if (worths.length === 0) break;
    const lowest = Math.min(...worths);
    shown = shown.filter(({ column }) => column.worth !== lowest);
  }
  return shown;
}

/** What room there is goes to the columns that yield: those that need little leave the rest to those that need more. */
function shared(shown: readonly Fitted[], width: number): readonly Fitted[] {
  const yielding = shown.filter(({ column }) => column.narrow !== undefined);
  let room = width - sumOf(shown) + sumOf(yielding) - GAP * Math.max(0, yielding.length - 1);
  const widths = new Map<Fitted, number>();
  for (const [index, each] of yielding.toSorted((a, b) => a.width - b.width).entries()) {
    const share = Math.max(least(each).width, Math.floor(room / (yielding.length - index)));
    widths.set(each, Math.min(each.width, share));
    room -= Math.min(each.width, share);
  }
  return shown.map((each) => ({ ...each, width: widths.get(each) ?? each.width }));
}
