import { parseDate, parseDateTime } from '../../calendar/date-time.ts';
import { wallClockAt } from '../../calendar/zone.ts';
import { failureOf } from '../../collect/failures.ts';
import { cursorQuery } from '../../collect/queries.ts';
import type { Route } from '../../collect/run-context.ts';
import type { CursorJob } from '../../config/config.ts';
import type { Progress } from '../../model/progress.ts';
import type { CursorValue } from '../../model/query.ts';
import type { Column, Row } from '../../model/row.ts';
import { compileCursor } from '../../records/cursor.ts';
import { UsageError } from '../shell/errors.ts';
import type { Setting } from '../shell/setting.ts';
import { withStop } from '../shell/stop-signals.ts';
import { withStations } from '../wiring.ts';
import type { ProgressChange } from './change.ts';
import { cursorEffect, told } from './effects.ts';

type Position = readonly CursorValue[];

/**
 * The change to a position that is given as texts. It is tried on the database when that can be reached. Throws UsageError and
 * what the database says against the position.
 */
export async function plannedCursor(
  job: CursorJob,
  texts: readonly string[],
  before: Progress | undefined,
  setting: Setting,
): Promise<ProgressChange> {
  const { columns } = job.cursor;
  if (texts.length !== columns.length) {
    throw new UsageError(
      `--cursor: expected ${columns.length} ${columns.length === 1 ? 'value' : 'values'}, got ${texts.length}`,
      `Give one value for each of ${columns.join(', ')}, in this order.`,
    );
  }
  const { cursor, findings, direction } = await withStop(({ signal }) =>
    withStations(setting, (stations) => tried(job, texts, before, stations.routeOf(job), signal)),
  );
  const shown = cursor.map(({ text }) => text);
  return {
    progress: { fingerprint: before?.fingerprint, cursor },
    effect: cursorEffect(job, before, shown, direction) + told(findings),
    done: `stands at (${shown.join(', ')})`,
  };
}

interface Tried {
  readonly cursor: Position;
  /** What the database says of it, as lines. */
  readonly findings: readonly string[];
  /** Below zero: back from the stored position, above: forwards; undefined: not known. */
  readonly direction: number | undefined;
}

async function tried(
  job: CursorJob,
  texts: readonly string[],
  before: Progress | undefined,
  route: Route,
  signal: AbortSignal,
): Promise<Tried> {
  const [reached] = await Promise.allSettled([reach(job, before, route, signal)]);
  if (reached.status === 'rejected') {
    const cursor = texts.map((text, index) =>
      valueGiven(text, before?.cursor?.[index]?.kind, undefined, route),
    );
    return { cursor, findings: [`! not tried: ${failureOf(reached.reason).message}`], direction: undefined };
  }
  const { until, columns } = reached.value;
  const reader = compileCursor(job.cursor.columns, columns);
  const cursor = texts.map((text, index) => {
    const column = columns.find(({ name }) => name === job.cursor.columns[index]);
    return valueGiven(text, kindOf(column) ?? before?.cursor?.[index]?.kind, column, route);
  });
  const row = await firstRow(job, cursor, until, route, signal);
  const next = row && reader.valuesOf(row);
  if (next !== undefined && (reader.compare(cursor, next) ?? 0) > 0) {
    throw new UsageError(
      `the query returns rows before (${shownPosition(cursor)}): (${shownPosition(next)})`,
      'Compare the cursor columns with their parameters in the query, and write the values as the database prints them.',
    );
  }
  const direction = before?.cursor && reader.compare(cursor, before.cursor);
  return { cursor, findings: [nextText(next)], direction };
}

/** What does not depend on the position that is given: when this fails, nothing is known of that. */
async function reach(job: CursorJob, before: Progress | undefined, { source }: Route, signal: AbortSignal) {
  const until = (await source.clock(signal)) - job.cursor.lag;
  const columns = await source.describe(cursorQuery(job, before?.cursor, until), signal);
  return { until, columns };
}

const shownPosition = (position: Position): string => position.map(({ text }) => text).join(', ');

const nextText = (next: Position | undefined): string =>
  next === undefined
    ? '! there is no row after it: everything is collected, or it lies beyond the newest row'
    : `the first row after it is (${shownPosition(next)})`;

async function firstRow(
  job: CursorJob,
  cursor: Position,
  until: number,
  { source }: Route,
  signal: AbortSignal,
): Promise<Row | undefined> {
  const result = await source.open(cursorQuery(job, cursor, until), signal);
  try {
    for await (const [row] of result.batches) if (row !== undefined) return row;
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

function valueGiven(
  text: string,
  known: CursorValue['kind'] | undefined,
  column: Column | undefined,
  { clock }: Route,
): CursorValue {
  const kind = known ?? (NUMBER.test(text) ? 'number' : isDateTime(text) ? 'datetime' : 'text');
  if (kind === 'number' && !NUMBER.test(text)) throw unfit(text, 'a number such as 1234');
  if (kind === 'datetime' && !isDateTime(text))
    throw unfit(text, 'a date and time such as 2015-01-01T00:00:00Z');
  return { kind, text: kind === 'datetime' ? asPrinted(text, column, clock.zone) : text };
}

/**
 * A datetime as the database prints it: a column without zones holds the wall clock of the database's zone. Where texts are compared,
 * a blank comes before a T, so that rows may be collected again and none is skipped.
 */
function asPrinted(text: string, column: Column | undefined, zone: string): string {
  const parsed = parseDateTime(text);
  if (parsed === undefined || column === undefined || column.kind === 'dynamic') return text;
  if (parsed.offset === undefined || column.kind !== 'local-datetime')
    return text.replace('T', ' ').replace('Z', '+00');
  const local = wallClockAt(parsed.wallClock - parsed.offset, zone);
  return `${new Date(local).toISOString().slice(0, 19).replace('T', ' ')}${parsed.fraction}`;
}

const unfit = (text: string, expected: string): UsageError =>
  new UsageError(
    `--cursor: expected ${expected}, got ${JSON.stringify(text)}`,
    'Write the value as state show shows it.',
  );
