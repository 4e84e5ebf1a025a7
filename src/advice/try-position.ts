import { parseDate, parseDateTime } from '../calendar/date-time.ts';
import { wallClockAt } from '../calendar/zone.ts';
import { cursorQuery } from '../collect/queries.ts';
import type { Route } from '../collect/run-context.ts';
import type { CursorJob } from '../config/config.ts';
import type { CursorValue } from '../model/query.ts';
import type { Column, Row } from '../model/row.ts';
import { compileCursor } from '../records/cursor.ts';

/** The values of a job's cursor columns: the row behind which it goes on. */
export type Position = readonly CursorValue[];

/** What is known of a position that a person gives. */
export type TriedPosition =
  /** A text is no value of its column. */
  | { readonly kind: 'unfit'; readonly text: string; readonly expected: string }
  /** The database could not be asked: whether the query can go on there is not known. */
  | { readonly kind: 'untried'; readonly cursor: Position; readonly reason: unknown }
  /** The query returns a row that comes before the position. */
  | { readonly kind: 'passed'; readonly cursor: Position; readonly first: Position }
  | {
      readonly kind: 'tried';
      readonly cursor: Position;
      /** The first row behind it; undefined: there is none. */
      readonly first: Position | undefined;
      /** Below zero: back from the stored position, above: forwards; undefined: not known. */
      readonly direction: number | undefined;
    };

/**
 * Reads a position from texts, as the columns of the query hold it, and tries it on the database where that can be
 * reached. Throws what the database says against it.
 *
 * @param texts one for each cursor column
 * @param stored where the job stands
 */
export async function tryPosition(
  job: CursorJob,
  texts: readonly string[],
  stored: Position | undefined,
  route: Pick<Route, 'source' | 'localTime'>,
  signal: AbortSignal,
): Promise<TriedPosition> {
  const { zone } = route.localTime;
  const [outcome] = await Promise.allSettled([columnsAndUntil(job, stored, route, signal)]);
  if (outcome.status === 'rejected') {
    const cursor = texts.map((text, index) => valueGiven(text, stored?.[index]?.kind, undefined, zone));
    return cursor.find(isUnfit) ?? { kind: 'untried', cursor: cursor.filter(fits), reason: outcome.reason };
  }
  const { until, columns } = outcome.value;
  const given = texts.map((text, index) => {
    const column = columns.find(({ name }) => name === job.cursor.columns[index]);
    return valueGiven(text, kindOf(column) ?? stored?.[index]?.kind, column, zone);
  });
  const unfit = given.find(isUnfit);
  if (unfit !== undefined) return unfit;
  const cursor = given.filter(fits);
  const reader = compileCursor(job.cursor.columns, columns);
  const row = await firstRow(job, cursor, until, route, signal);
  const first = row && reader.valuesOf(row);
  if (first !== undefined && (reader.compare(cursor, first) ?? 0) > 0)
    return { kind: 'passed', cursor, first };
  return { kind: 'tried', cursor, first, direction: stored && reader.compare(cursor, stored) };
}

/** What does not depend on the position that is given: when this fails, nothing is known of that. */
async function columnsAndUntil(
  job: CursorJob,
  stored: Position | undefined,
  { source }: Pick<Route, 'source'>,
  signal: AbortSignal,
) {
  const until = (await source.clock(signal)) - job.cursor.lag;
  const columns = await source.describe(cursorQuery(job, stored, until), signal);
  return { until, columns };
}

async function firstRow(
  job: CursorJob,
  cursor: Position,
  until: number,
  { source }: Pick<Route, 'source'>,
  signal: AbortSignal,
): Promise<Row | undefined> {
  const result = await source.open(cursorQuery(job, cursor, until), signal);
  try {
    for await (const rows of result.batches) if (rows.length > 0) return rows.row(0);
    return undefined;
  } finally {
    await result.close();
  }
}

/** What a column holds decides; undefined where each value tells. */
function kindOf(column: Column | undefined): CursorValue['kind'] | undefined {
  switch (column?.kind) {
    case 'integer':
    case 'decimal':
      return 'number';
    case 'date':
    case 'local-datetime':
    case 'instant':
      return 'datetime';
    case 'text':
    case 'padded-text':
      return 'text';
    default:
      return undefined;
  }
}

const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
const isDateTime = (text: string) => parseDate(text) !== undefined || parseDateTime(text) !== undefined;

type Unfit = Extract<TriedPosition, { kind: 'unfit' }>;

const isUnfit = (value: CursorValue | Unfit): value is Unfit => value.kind === 'unfit';
const fits = (value: CursorValue | Unfit): value is CursorValue => value.kind !== 'unfit';

function valueGiven(
  text: string,
  known: CursorValue['kind'] | undefined,
  column: Column | undefined,
  zone: string,
): CursorValue | Unfit {
  const kind = known ?? (NUMBER.test(text) ? 'number' : isDateTime(text) ? 'datetime' : 'text');
  if (kind === 'number' && !NUMBER.test(text))
    return { kind: 'unfit', text, expected: 'a number such as 1234' };
  if (kind === 'datetime' && !isDateTime(text))
    return { kind: 'unfit', text, expected: 'a date and time such as 2015-01-01T00:00:00Z' };
  return { kind, text: kind === 'datetime' ? asPrinted(text, column, zone) : text };
}

/**
 * A datetime as the database prints it: a column without zones holds the wall clock of the database's zone. Where texts
 * are compared, a blank comes before a T, so that rows may be collected again and none is skipped.
 */
function asPrinted(text: string, column: Column | undefined, zone: string): string {
  const parsed = parseDateTime(text);
  if (parsed === undefined || column === undefined || column.kind === 'dynamic') return text;
  if (parsed.offset === undefined || column.kind !== 'local-datetime')
    return text.replace('T', ' ').replace('Z', '+00');
  const local = wallClockAt(parsed.wallClock - parsed.offset, zone);
  return `${new Date(local).toISOString().slice(0, 19).replace('T', ' ')}${parsed.fraction}`;
}
