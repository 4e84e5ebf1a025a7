import { hash } from 'node:crypto';
import { HOUR } from '../calendar/durations.ts';
import type { CursorJob } from '../config/config.ts';
import type { CursorValue } from '../model/query.ts';
import { addLook, MOST_ROWS, type RowsBehind, type Stretch } from '../model/rows-behind.ts';
import type { ResultSet } from '../model/source.ts';
import { compileCursor } from '../records/cursor.ts';
import type { Newest } from './cursor-track.ts';
import { instantOf } from './future-position.ts';
import { cursorQuery } from './queries.ts';
import type { RunContext } from './run-context.ts';

type Position = readonly CursorValue[];

/** Milliseconds between two looks: each asks for rows that were collected already. */
const LOOKS_EVERY = HOUR;

/** Milliseconds. What comes of a look is but a warning. */
const PATIENCE = 10_000;

/** What a run has read, by the database's clock, epoch milliseconds. */
export interface Read {
  readonly newest: Newest | undefined;
  readonly until: number;
  readonly readAt: number;
}

/**
 * Asks once more, now and then, for rows that an earlier run read last, and tells when others are among them by now: they
 * were committed later than the lag allows for. Then it keeps for the next look what this run has read.
 */
export async function lookBehind(context: RunContext<CursorJob>, read: Read): Promise<void> {
  const { job, run, state } = context;
  if (job.cursor.lag === 0) return;
  const known = await knownOf(context);
  const { stretch } = known;
  // A clock that was set back must not put it off for ever.
  if (stretch !== undefined && Math.abs(read.readAt - stretch.readAt) < LOOKS_EVERY) return;
  const next = stretchOf(read);
  if (stretch === undefined && next === undefined) return;
  const found = stretch && (await lookAt(stretch, context));
  const behind = { ...(found === undefined ? known : addLook(known, found)), stretch: next };
  await state.acknowledged(job.name, run.number, run.step({ behind }));
}

async function knownOf({ job, route, state }: RunContext<CursorJob>): Promise<RowsBehind> {
  const { query, timezone, cursor, database } = job;
  const { columns, lag } = cursor;
  const rules = fingerprint([query, timezone, columns, database, route.localTime.zone]);
  const known = await state.rowsBehindOf(job.name);
  const isOfThis = known?.rules === rules && known.lag === lag;
  return isOfThis ? known : { rules, lag, looks: 0, rows: 0, behind: 0, late: 0 };
}

function stretchOf({ newest, until, readAt }: Read): Stretch | undefined {
  const end = newest?.rows.at(-1);
  if (newest === undefined || end === undefined) return undefined;
  return { after: newest.after, end, until, readAt, rows: newest.rows.map(fingerprint) };
}

/** 8 bytes and a little more, as text. */
const fingerprint = (value: unknown): string =>
  hash('sha256', JSON.stringify(value), 'base64url').slice(0, 11);

/** Gives and tells what a look has found; undefined: nothing can be said. */
async function lookAt(stretch: Stretch, { job, route, run, signals }: RunContext<CursorJob>) {
  const patience = AbortSignal.any([signals.read, AbortSignal.timeout(PATIENCE)]);
  const positions = await appearedIn(stretch, job, (query) => route.source.open(query, patience)).catch(
    () => undefined,
  );
  if (positions === undefined) return undefined;
  const instants = positions.map(([first]) => instantOf(first, route.localTime.zone) ?? stretch.readAt);
  const look = {
    rows: stretch.rows.length,
    behind: positions.length,
    late: stretch.readAt - Math.min(stretch.readAt, ...instants),
  };
  if (look.behind > 0) run.tell({ kind: 'rows-behind', positions: positions.slice(0, 3), ...look });
  return look;
}

/**
 * The positions of the rows that are in a stretch and were not; undefined when none is there that was. Of rows whose order
 * only the database knows, as that of texts, those lie within that come before one that was there.
 */
async function appearedIn(
  { after, end, until, rows }: Stretch,
  job: CursorJob,
  open: (query: ReturnType<typeof cursorQuery>) => Promise<ResultSet>,
): Promise<Position[] | undefined> {
  const result = await open(cursorQuery(job, after, until));
  try {
    const { compare, valuesAt } = compileCursor(job.cursor.columns, result.columns);
    const missing = new Map<string, number>();
    for (const row of rows) missing.set(row, (missing.get(row) ?? 0) + 1);
    const appeared: Position[] = [];
    const perhaps: Position[] = [];
    let met = 0;
    for await (const batch of result.batches) {
      for (let row = 0; row < batch.length; row++) {
        const position = valuesAt(batch, row);
        const order = compare(position, end);
        if (Number(order) > 0 || appeared.length === MOST_ROWS) return met === 0 ? undefined : appeared;
        const key = fingerprint(position);
        const count = missing.get(key) ?? 0;
        missing.set(key, count - 1);
        if (count > 0) {
          met += 1;
          appeared.push(...perhaps.splice(0));
        } else if (order === undefined) {
          if (met === rows.length || perhaps.length === MOST_ROWS) return met === 0 ? undefined : appeared;
          perhaps.push(position);
        } else if (Number(compare(after, position)) < 0) appeared.push(position);
      }
    }
    return met === 0 ? undefined : appeared;
  } finally {
    await result.close();
  }
}
