import { completeJob } from '../collect/complete-job.ts';
import { type DuplicateFacts, DuplicateIdError } from '../collect/duplicate-id.ts';
import { exampleQuery, windowQuery, windowRules } from '../collect/queries.ts';
import type { Route } from '../collect/run-context.ts';
import type { Complete, Job, WindowJob } from '../config/config.ts';
import { hasWindows } from '../model/mode.ts';
import type { Span } from '../model/progress.ts';
import type { DataRecord } from '../model/record.ts';
import type { Column, Row } from '../model/row.ts';
import type { RowBatch } from '../model/row-batch.ts';
import { compileRecords, type RecordEncoder } from '../records/compile-records.ts';
import { NotARecordError } from '../records/not-a-record.ts';
import { type Window, windowsBetween, windowsOwed } from '../schedule/window.ts';
import { queryWarnings, type Warning } from './query-warnings.ts';

/** A row and what becomes of it. */
export interface PreviewedRow {
  readonly row: Row;
  readonly record: DataRecord | undefined;
  readonly problem: (Error & { readonly remedy: string }) | undefined;
}

/** The first rows of a job's query and the records that they become. */
export interface Preview {
  readonly job: Complete;
  /** Undefined for jobs without windows. */
  readonly window: Window | undefined;
  readonly encoder: RecordEncoder;
  readonly columns: readonly Column[];
  readonly rows: readonly PreviewedRow[];
  readonly warnings: readonly Warning[];
}

/** The windows that are owed, as before a first run, or those of a span; none while none is over. The last is shown. */
export const previewedWindows = (job: WindowJob, span: Span | undefined, now: number): readonly Window[] =>
  span === undefined
    ? windowsOwed(job.window, job.timezone, now, undefined)
    : windowsBetween(job.window, job.timezone, now, span);

/**
 * Runs the query of a job for some rows; nothing is sent. Throws what the source throws.
 *
 * @param window of a window job; others begin with what a first run begins with
 * @param most how many rows to read
 */
export async function previewRows(
  written: Job,
  window: Window | undefined,
  most: number,
  { source, localTime }: Pick<Route, 'source' | 'localTime'>,
  signal: AbortSignal,
): Promise<Preview> {
  const facts = { advice: source.advice, collectedTo: undefined };
  const { query, rules } =
    hasWindows(written) && window !== undefined
      ? { query: windowQuery(written, window), rules: windowRules(written, window, localTime, facts) }
      : exampleQuery(written, Date.now(), localTime);
  const result = await source.open(query, signal);
  try {
    const { columns } = result;
    const job = completeJob(written, columns);
    const encoder = compileRecords(job.record, columns, rules);
    const rows = (await firstRows(result.batches, most)).map((row) => previewRow(row, encoder));
    return {
      job,
      window,
      encoder,
      columns,
      rows: withDuplicates(rows, { job, advice: source.advice, encoder, columns }),
      warnings: queryWarnings(job, { source, localTime }, columns, encoder),
    };
  } finally {
    await result.close();
  }
}

async function firstRows(batches: AsyncIterable<RowBatch>, most: number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) {
    rows.push(...batch.rows().slice(0, most - rows.length));
    if (rows.length >= most) break;
  }
  return rows;
}

function previewRow(row: Row, encoder: RecordEncoder): PreviewedRow {
  try {
    return { row, record: encoder.encode(row), problem: undefined };
  } catch (error) {
    if (error instanceof NotARecordError) return { row, record: undefined, problem: error };
    throw error;
  }
}

/** Marks the rows whose `_id` an earlier one has: a run would fail there. */
function withDuplicates(rows: readonly PreviewedRow[], facts: DuplicateFacts): PreviewedRow[] {
  const seen = new Map<string, number>();
  return rows.map((previewed, index) => {
    const { row, record } = previewed;
    if (record === undefined) return previewed;
    const earlier = seen.get(record.id);
    if (earlier === undefined) seen.set(record.id, index + 1);
    const problem = earlier && new DuplicateIdError(facts, { row, record }, [earlier, index + 1]);
    return problem ? { ...previewed, problem } : previewed;
  });
}
