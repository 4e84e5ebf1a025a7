import type { DeadLetter, DeadLetterCause, Delivered, StoredDeadLetter } from '../model/dead-letter.ts';
import type { Column, RawValue } from '../model/row.ts';
import { change, rowsOf, type Work } from './work.ts';

/** A raw value as JSON has it: what JSON lacks is an object with one key, which tells what it is. */
type JsonValue =
  | string
  | number
  | null
  | { readonly integer: string }
  | { readonly number: string }
  | { readonly bytes: string };

type JsonContent =
  | { readonly kind: 'record'; readonly json: string }
  | { readonly kind: 'row'; readonly columns: readonly Column[]; readonly row: readonly JsonValue[] };

/** As JSON, from which exactly the same content is read again. */
export function contentToJson(content: DeadLetter['content']): string {
  const json: JsonContent = content.kind === 'row' ? { ...content, row: content.row.map(toJson) } : content;
  return JSON.stringify(json);
}

export function contentFromJson(text: string): DeadLetter['content'] {
  const json = JSON.parse(text) as JsonContent;
  return json.kind === 'row' ? { ...json, row: json.row.map(fromJson) } : json;
}

function toJson(value: RawValue): JsonValue {
  if (typeof value === 'bigint') return { integer: String(value) };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (typeof value !== 'number') return value;
  if (Object.is(value, -0)) return { number: '-0' };
  return Number.isFinite(value) ? value : { number: String(value) };
}

function fromJson(value: JsonValue): RawValue {
  if (typeof value !== 'object' || value === null) return value;
  if ('integer' in value) return BigInt(value.integer);
  if ('number' in value) return Number(value.number);
  return new Uint8Array(Buffer.from(value.bytes, 'base64'));
}

interface LetterRow {
  readonly id: number;
  readonly job: string;
  readonly key: string;
  readonly run: number;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly cause: DeadLetterCause;
  readonly reason: string;
  readonly remedy: string;
  readonly window_from: number | null;
  readonly window_to: number | null;
  readonly content: string;
  readonly read_run: number;
  readonly read_row: number;
  readonly overtaken_by: number | null;
}

export function* findDeadLetters({
  job,
  id,
}: {
  readonly job?: string | undefined;
  readonly id?: number | undefined;
}): Work<readonly StoredDeadLetter[]> {
  const rows = yield* rowsOf<LetterRow>(
    `SELECT * FROM dead_letters WHERE (job = @job OR @job IS NULL) AND (id = @id OR @id IS NULL)
     ORDER BY first_seen, id`,
    { job: job ?? null, id: id ?? null },
  );
  return rows.map(letterOf);
}

/** How many each job has; jobs without any are left out. */
export function* countDeadLetters(): Work<ReadonlyMap<string, number>> {
  const rows = yield* rowsOf<{ readonly job: string; readonly letters: number }>(
    'SELECT job, count(*) AS letters FROM dead_letters GROUP BY job ORDER BY job',
  );
  return new Map(rows.map(({ job, letters }) => [job, letters]));
}

/** Gives how many there were. */
export function* discardDeadLetters(ids: readonly number[]): Work<number> {
  let discarded = 0;
  for (const id of ids) discarded += yield* change('DELETE FROM dead_letters WHERE id = @id', { id });
  return discarded;
}

export function* overtakeDeadLetters(job: string, run: number, newer: readonly Delivered[]): Work<void> {
  for (const { key, reading } of newer) {
    yield* change(
      `UPDATE dead_letters SET overtaken_by = @run
       WHERE job = @job AND key = @key AND (read_run, read_row) < (@readRun, @readRow)
         AND overtaken_by IS DISTINCT FROM @run`,
      { run, job, key, readRun: reading.run, readRow: reading.row },
    );
  }
}

/** All that was read before a run. */
export const removeOlderLetters = (job: string, run: number): Work<number> =>
  change('DELETE FROM dead_letters WHERE job = @job AND read_run < @run', { job, run });

/** What was read after the delivered version stays. */
export function* removeDeliveredLetters(job: string, delivered: readonly Delivered[]): Work<void> {
  for (const { key, reading } of delivered) {
    yield* change(
      'DELETE FROM dead_letters WHERE job = @job AND key = @key AND (read_run, read_row) <= (@readRun, @readRow)',
      { job, key, readRun: reading.run, readRow: reading.row },
    );
  }
}

/** Of two versions of a key the one that was read later is kept. @param now epoch milliseconds */
export function* rememberDeadLetters(
  job: string,
  run: number,
  letters: readonly DeadLetter[],
  now: number,
): Work<void> {
  for (const { key, cause, reason, remedy, window, content, reading } of letters) {
    const span = { from: window?.from ?? null, to: window?.to ?? null };
    const position = { readRun: reading.run, readRow: reading.row };
    const description = { cause, reason, remedy, content: contentToJson(content) };
    yield* change(
      `INSERT INTO dead_letters
         (job, key, run, first_seen, last_seen, cause, reason, remedy, window_from, window_to, content,
          read_run, read_row)
       VALUES (@job, @key, @run, @now, @now, @cause, @reason, @remedy, @from, @to, @content, @readRun, @readRow)
       ON CONFLICT (job, key) DO UPDATE SET run = excluded.run, last_seen = excluded.last_seen,
         cause = excluded.cause, reason = excluded.reason, remedy = excluded.remedy,
         window_from = excluded.window_from, window_to = excluded.window_to, content = excluded.content,
         read_run = excluded.read_run, read_row = excluded.read_row, overtaken_by = NULL
       WHERE (excluded.read_run, excluded.read_row) >= (dead_letters.read_run, dead_letters.read_row)`,
      { job, key, run, now, ...description, ...span, ...position },
    );
  }
}

function letterOf(row: LetterRow): StoredDeadLetter {
  const { window_from: from, window_to: to } = row;
  return {
    id: row.id,
    job: row.job,
    key: row.key,
    run: row.run,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    cause: row.cause,
    reason: row.reason,
    remedy: row.remedy,
    window: from === null || to === null ? undefined : { from, to },
    content: contentFromJson(row.content),
    reading: { run: row.read_run, row: row.read_row },
    overtakenBy: row.overtaken_by ?? undefined,
  };
}
