import { Batch } from '../model/batch.ts';
import { NUMBERED, type Numbers } from './numbers.ts';
import type { PendingSql } from './pending-sql.ts';
import { StateError } from './state-error.ts';
import type { OpenTransaction } from './transactions.ts';
import { change, rowOf, rowsOf, type Values, type Work } from './work.ts';

/** One end of a copy. */
export interface CopyEnd {
  readonly transaction: OpenTransaction;
  readonly numbers: Numbers;
  readonly pending: PendingSql;
}

/** How many rows were copied, by table. */
export type Copied = Readonly<Record<TableName, number>>;

interface Table {
  readonly name: string;
  /** What tells its rows apart, in their order. */
  readonly keys: readonly string[];
  readonly columns: readonly string[];
  /** Rows that are held in memory at a time. */
  readonly page: number;
}

const MANY = 200;
/** Of rows that may hold a megabyte each. */
const FEW = 20;

/** All that is remembered, but leases. What others refer to comes first. */
const TABLES = [
  { name: 'progress', keys: ['job'], columns: ['collected_to', 'cursor', 'fingerprint'], page: MANY },
  { name: 'collected', keys: ['job', 'span_from'], columns: ['span_to'], page: MANY },
  {
    name: 'figures',
    keys: ['job', 'period'],
    columns: ['length', 'records', 'sums', 'snapshot'],
    page: MANY,
  },
  { name: 'sent_rules', keys: ['job'], columns: ['rules'], page: MANY },
  { name: 'sent', keys: ['job', 'period'], columns: ['entries'], page: FEW },
  { name: 'sent_doubts', keys: ['job', 'period', 'number'], columns: ['ids'], page: FEW },
  { name: 'data_sets', keys: ['address'], columns: ['changes', 'changing_since'], page: MANY },
  { name: 'lateness', keys: ['job'], columns: ['content'], page: MANY },
  { name: 'rows_behind', keys: ['job'], columns: ['content'], page: FEW },
  { name: 'verifications', keys: ['job', 'started_at'], columns: ['content'], page: MANY },
  { name: 'backfills', keys: ['job', 'span_from', 'span_to'], columns: ['acknowledged_to'], page: MANY },
  {
    name: 'runs',
    keys: ['id'],
    columns: [
      ...['job', 'started_at', 'ended_at', 'outcome', 'window_from', 'window_to', 'rows', 'records'],
      ...[
        'unchanged',
        'vanished',
        'dead_letters',
        'requests',
        'bytes_sent',
        'failed_side',
        'message',
        'remedy',
        'unanswered_since',
      ],
      ...['work_unit', 'work_done', 'work_owed', 'work_since'],
    ],
    page: MANY,
  },
  {
    name: 'dead_letters',
    keys: ['id'],
    columns: [
      ...['job', 'key', 'run', 'first_seen', 'last_seen', 'cause', 'reason', 'remedy', 'window_from'],
      ...['window_to', 'content', 'read_run', 'read_row', 'overtaken_by'],
    ],
    page: FEW,
  },
  {
    name: 'pending_snapshots',
    keys: ['id'],
    columns: ['job', 'taken_at', 'sealed', 'must_empty', 'run', 'failure', 'rules', 'stamp'],
    page: MANY,
  },
  { name: 'pending_batches', keys: ['id'], columns: ['snapshot', 'ends', 'bytes'], page: 1 },
] as const satisfies readonly Table[];

type TableName = (typeof TABLES)[number]['name'];

/**
 * Copies all that one state remembers into another, page by page. Neither may be worked with meanwhile; whoever calls
 * this commits. Throws a StateError when there is something in the other, unless that is to be replaced.
 *
 * @param signal looked at between pages
 */
export async function copyState(
  from: CopyEnd,
  to: CopyEnd,
  { replace, signal }: { readonly replace: boolean; readonly signal: AbortSignal },
): Promise<Copied> {
  if (replace) await to.transaction.carryOut(empty());
  else await to.transaction.carryOut(mustBeEmpty());
  const copied: Partial<Record<TableName, number>> = {};
  for (const table of TABLES) copied[table.name] = await copyTable(table, from, to, signal);
  for (const table of NUMBERED) {
    const last = await from.transaction.carryOut(from.numbers.lastOf(table));
    await to.transaction.carryOut(to.numbers.goOnAfter(table, last));
  }
  return copied as Copied;
}

function* empty(): Work<void> {
  for (const { name } of TABLES.toReversed()) yield* change(`DELETE FROM ${name}`);
}

function* mustBeEmpty(): Work<void> {
  for (const { name } of TABLES) {
    if ((yield* rowOf(`SELECT 1 AS found FROM ${name} LIMIT 1`)) === undefined) continue;
    throw new StateError(
      'the other state is not empty: something was collected with it',
      'Name another file or database; or give --replace, which forgets all that it holds.',
    );
  }
}

type Row = Values;

async function copyTable(table: Table, from: CopyEnd, to: CopyEnd, signal: AbortSignal): Promise<number> {
  let [copied, last]: [number, Row | undefined] = [0, undefined];
  for (;;) {
    signal.throwIfAborted();
    const rows: readonly Row[] = await from.transaction.carryOut(pageOf(table, last));
    last = rows.at(-1);
    if (last === undefined) return copied;
    await to.transaction.carryOut(
      insert(
        table.name,
        rows.map((row) => stored(row, to.pending)),
      ),
    );
    copied += rows.length;
  }
}

function pageOf({ name, keys, columns, page }: Table, after: Row | undefined): Work<readonly Row[]> {
  const parameters = keys.map((key) => `@${key}`).join(', ');
  const behind = after === undefined ? '' : `WHERE (${keys.join(', ')}) > (${parameters})`;
  return rowsOf(
    `SELECT ${[...keys, ...columns].join(', ')} FROM ${name} ${behind} ORDER BY ${keys.join(', ')} LIMIT ${page}`,
    after,
  );
}

/** A row as the other database keeps it. */
function stored(row: Row, pending: PendingSql): Row {
  const { bytes, ends } = row;
  if (!Buffer.isBuffer(bytes) || typeof ends !== 'string') return row;
  return { ...row, ...pending.columnsOf(new Batch(bytes, JSON.parse(ends))) };
}

function* insert(table: string, rows: readonly Row[]): Work<void> {
  const columns = Object.keys(rows[0] ?? {});
  const texts = rows.map((_, index) => `(${columns.map((column) => `@${column}_${index}`).join(', ')})`);
  const values = rows.flatMap((row, index) =>
    columns.map((column) => [`${column}_${index}`, row[column] ?? null] as const),
  );
  yield* change(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${texts.join(', ')}`,
    Object.fromEntries(values),
  );
}
