import type { CursorSettings } from '../config/schema/job-schema.ts';
import type { CursorValue } from '../model/query.ts';
import type { Column } from '../model/row.ts';
import type { RowBatch } from '../model/row-batch.ts';
import { MOST_ROWS } from '../model/rows-behind.ts';
import { compileCursor } from '../records/cursor.ts';
import { RowsOutOfOrderError } from './failures.ts';

type Position = readonly CursorValue[];

/** Where the rows are that were read last. */
export interface Newest {
  readonly after: Position;
  /** At most MOST_ROWS, in their order, each of another place than `after`, as far as that is known of texts. */
  readonly rows: readonly Position[];
}

/**
 * Follows the cursor over the rows of a query. Rows with equal cursor values belong together: a job never stands in the
 * midst of them, because the next query begins behind the whole group. So do rows that differ in texts only, as the
 * database may take different texts for equal.
 */
export class CursorTrack {
  readonly #cursor: ReturnType<typeof compileCursor>;
  readonly #maxRows: number;
  readonly #after: Position | undefined;
  readonly #columns: readonly string[];
  #rows = 0;
  #position: Position | undefined;
  #closed: Position | undefined;
  /** Undefined: without a lag nobody asks for them. */
  readonly #newest: Position[] | undefined;

  /** @param after where the query was to begin; undefined: at `start` */
  constructor(
    { columns, max_rows, lag }: CursorSettings,
    all: readonly Column[],
    after: Position | undefined,
  ) {
    this.#cursor = compileCursor(columns, all);
    this.#columns = columns;
    this.#maxRows = max_rows;
    this.#after = after;
    if (lag > 0) this.#newest = after === undefined ? [] : [after];
  }

  /** The position of the last row. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** The position of the last group of rows behind which another one has begun. */
  get closed(): Position | undefined {
    return this.#closed;
  }

  /** Undefined: without a lag, and where nothing was read that comes after something else. */
  get newest(): Newest | undefined {
    const [after, ...others] = this.#newest?.slice(-MOST_ROWS - 1) ?? [];
    const rows = after === undefined ? [] : others.filter((each) => !this.#isEqual(after, each));
    return after === undefined || rows.length === 0 ? undefined : { after, rows };
  }

  /**
   * Goes on to the next row, unless the query is `cut` before it. Throws RowsOutOfOrderError, or that a
   * cursor column is null.
   */
  advance(rows: RowBatch, row: number): 'row' | 'cut' {
    const next = this.#cursor.valuesAt(rows, row);
    const last = this.#position ?? this.#after;
    if (last !== undefined && (this.#cursor.compare(last, next) ?? 0) > 0) {
      throw new RowsOutOfOrderError(this.#columns, last, next, this.#position === undefined);
    }
    if (this.#position !== undefined && this.#isBehind(this.#position, next)) {
      const isBehindStart = this.#after === undefined || this.#isBehind(this.#after, this.#position);
      if (this.#rows >= this.#maxRows && isBehindStart) return 'cut';
      this.#closed = this.#position;
    }
    this.#position = next;
    this.#rows += 1;
    this.#remember(next);
    return 'row';
  }

  #remember(next: Position): void {
    const newest = this.#newest;
    if (newest === undefined) return;
    newest.push(next);
    if (newest.length > 2 * MOST_ROWS) newest.splice(0, newest.length - MOST_ROWS - 1);
  }

  #isEqual(position: Position, next: Position): boolean {
    return this.#cursor.compare(position, next) === 0;
  }

  /** Whether the database, too, is certain to tell them apart: two different texts may be equal in its collation. */
  #isBehind(position: Position, next: Position): boolean {
    return (this.#cursor.compare(position, next) ?? 0) < 0;
  }
}
