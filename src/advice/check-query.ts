import { completeJob } from '../collect/complete-job.ts';
import { overlookedBy } from '../collect/overlooked.ts';
import { exampleQuery, overAllTimes } from '../collect/queries.ts';
import { refuseRepeatedHours } from '../collect/repeated-hours.ts';
import type { Route } from '../collect/run-context.ts';
import type { Complete, Job } from '../config/config.ts';
import type { Column } from '../model/row.ts';
import type { SourceFinding } from '../model/source.ts';
import { compileRecords, type RecordEncoder } from '../records/compile-records.ts';
import { compileCursor } from '../records/cursor.ts';
import { queryWarnings, type Warning } from './query-warnings.ts';
import { LARGE_TABLE, scanWarnings } from './scan-warnings.ts';

/** A column of a query and what it becomes. */
export interface CheckedColumn {
  readonly name: string;
  /** As the database calls it. */
  readonly type: string;
  /** Fields of the record, `_timestamp` included; none when the column is dropped. */
  readonly fields: readonly { readonly name: string; readonly type: string }[];
}

interface CheckedQuery {
  readonly warnings: readonly Warning[];
  readonly columns: readonly CheckedColumn[];
  /** About how many rows a run may find at first, by the database's own plan; undefined: it does not tell. */
  readonly plannedRows: number | undefined;
  /** The job with nothing left out. */
  readonly job: Complete;
}

/**
 * Has the database prepare and describe the query of a job, which runs it not: its columns, their types, and what each
 * becomes. Throws what a run would fail with.
 */
export async function checkQuery(
  job: Job,
  { source, localTime }: Pick<Route, 'source' | 'localTime'>,
  now: number,
  signal: AbortSignal,
): Promise<CheckedQuery> {
  const { query, rules, cursor } = exampleQuery(job, now, localTime);
  const columns = await source.describe(query, signal);
  const complete = completeJob(job, columns);
  const encoder = compileRecords(complete.record, columns, rules);
  if (cursor !== undefined) {
    compileCursor(cursor.columns, columns);
    refuseRepeatedHours(cursor, columns, localTime.zone, now);
  }
  const plan = await source.plan(query, signal).catch(() => undefined);
  const scans = await plan?.scans(LARGE_TABLE).catch(() => undefined);
  const overlooked = await overlookedBy(overAllTimes(query), source, true, signal);
  return {
    warnings: [
      ...queryWarnings(complete, { source, localTime }, columns, encoder),
      ...scanWarnings(job, scans ?? [], source.advice),
      ...overlooked.map(warningOf),
    ],
    columns: columns.map((column) => checkedColumn(column, encoder)),
    plannedRows: plan?.rows,
    job: complete,
  };
}

export const warningOf = ({ text, remedy }: SourceFinding): Warning => ({
  message: text,
  ...(remedy === undefined ? {} : { remedy }),
});

function checkedColumn({ name, type }: Column, { fields, timestampColumn }: RecordEncoder): CheckedColumn {
  const timestamp = name === timestampColumn?.name ? [{ name: '_timestamp', type: 'instant' }] : [];
  const others = fields
    .filter(({ column }) => column?.name === name)
    .map((field) => ({ name: field.name, type: field.becomes }));
  return { name, type, fields: [...timestamp, ...others] };
}
