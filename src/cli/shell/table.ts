import Table from 'cli-table3';
import { grouped } from '../../words/counts.ts';

const NO_BORDERS = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ].map((name) => [name, '']),
);
const NO_STYLE = { head: [], border: [], 'padding-left': 0, 'padding-right': 0 };
const GAP = 2;
/** Narrower than this, what is cut or goes on in further lines says nothing. */
const NARROWEST = 16;

/** A column of a table, and what becomes of it where a terminal is too narrow for all of them. */
export interface Column {
  readonly name: string;
  /** Those of the least worth go first; left out: it stays. */
  readonly worth?: number;
  /** Takes what room the others leave: goes on in further lines, or is cut. */
  readonly narrow?: 'wrap' | 'cut';
}

type Cell = string | number;

interface Drawn {
  readonly column: Column;
  readonly cells: readonly string[];
  readonly isNumber: boolean;
  /** What the longest cell takes. */
  readonly natural: number;
}

/**
 * Columns divided by blanks, which a person reads and a shell cuts; numbers to the right.
 *
 * @param width characters in a line of the terminal; left out: as many as it takes
 */
export function table(
  columns: readonly (string | Column)[],
  rows: readonly (readonly Cell[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const all = columns.map((column, index) =>
    drawnColumn(
      column,
      rows.map((row) => row[index] ?? ''),
      width,
    ),
  );
  const shown = worthShowing(all, width);
  const widths = widthsOf(shown, width);
  const drawn = new Table({
    head: shown.map(({ column }) => column.name),
    chars: { ...NO_BORDERS, middle: ' '.repeat(GAP) },
    style: NO_STYLE,
    colAligns: shown.map(({ isNumber }) => (isNumber ? 'right' : 'left')),
    colWidths: widths,
    wordWrap: true,
  });
  for (const [index] of rows.entries()) {
    drawn.push(
      shown.map(({ column, cells }, place) => {
        const [cell = '', room] = [cells[index], widths[place] ?? null];
        return column.narrow === 'cut' && room !== null ? cut(cell, room) : cell;
      }),
    );
  }
  return `${drawn.toString().replace(/ +$/gm, '')}\n`;
}

function drawnColumn(named: string | Column, values: readonly Cell[], width: number): Drawn {
  const column = typeof named === 'string' ? { name: named } : named;
  const cells = values.map((value) => (typeof value === 'number' ? grouped(value) : value));
  const isNumber = values.length > 0 && values.every((value) => typeof value === 'number');
  return {
    column,
    cells,
    isNumber,
    natural: width === Number.POSITIVE_INFINITY ? 0 : widthOf([column.name, ...cells]),
  };
}

/** As wide as a terminal shows the longest of some texts, measured by a rule above them. */
function widthOf(texts: readonly string[]): number {
  const ruled = new Table({ chars: { ...NO_BORDERS, top: '─' }, style: NO_STYLE });
  for (const text of texts) ruled.push([text]);
  return ruled.toString().split('\n')[0]?.length ?? 0;
}

const leastOf = ({ column, natural }: Drawn): number =>
  column.narrow === undefined ? natural : Math.min(natural, NARROWEST);

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
const gaps = (shown: readonly Drawn[]): number => GAP * Math.max(0, shown.length - 1);

function worthShowing(all: readonly Drawn[], width: number): readonly Drawn[] {
  let shown = all;
  while (sum(shown.map(leastOf)) + gaps(shown) > width) {
    const worths = shown.flatMap(({ column }) => column.worth ?? []);
    if (worths.length === 0) break;
    const least = Math.min(...worths);
    shown = shown.filter(({ column }) => column.worth !== least);
  }
  return shown;
}

/** Undefined for a column that is as wide as its cells. */
function widthsOf(shown: readonly Drawn[], width: number): (number | null)[] {
  const yielding = shown.filter(({ column }) => column.narrow !== undefined);
  const others = shown.filter(({ column }) => column.narrow === undefined);
  let room = width - gaps(shown) - sum(others.map(({ natural }) => natural));
  const widths = new Map<Drawn, number>();
  // Those that need little leave the rest to those that need more.
  for (const [index, each] of yielding.toSorted((a, b) => a.natural - b.natural).entries()) {
    const share = Math.max(leastOf(each), Math.floor(room / (yielding.length - index)));
    if (each.natural > share) widths.set(each, share);
    room -= Math.min(each.natural, share);
  }
  return shown.map((each) => widths.get(each) ?? null);
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
