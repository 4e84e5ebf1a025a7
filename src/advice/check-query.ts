import { overlookedBy } from '../collect/overlooked.ts';
import { exampleQuery, overAllTimes } from '../collect/queries.ts';
import { refuseRepeatedHours } from '../collect/repeated-hours.ts';
import type { Route } from '../collect/run-context.ts';
import type { Job } from '../config/config.ts';
import type { Column } from '../model/row.ts';
import type { SourceFinding } from '../model/source.ts';
import { compileRecords, type RecordEncoder } from '../records/compile-records.ts';
import { compileCursor } from '../records/cursor.ts';
import { idPartsOf, idSettingsOf } from '../records/id-parts.ts';
import { queryWarnings, type Warning } from './query-warnings.ts';

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
  const encoder = compileRecords(job.record, columns, rules);
  if (cursor !== undefined) {
    compileCursor(cursor.columns, columns);
    refuseRepeatedHours(cursor, columns, localTime.zone, now);
  }
  const overlooked = await overlookedBy(overAllTimes(query), source, true, signal);
  return {
    warnings: [...queryWarnings(job, { source, localTime }, columns, encoder), ...overlooked.map(warningOf)],
    columns: columns.map((column) => checkedColumn(column, encoder)),
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

/** Jobs that write one data set with ids of one shape: a record of the one may replace a record of the other. */
export function collidingIds(checked: readonly Job[], all: readonly Job[]): Warning[] {
  const groups = Map.groupBy(all, ({ data_set }) => `${data_set.data_group}/${data_set.data_type}`);
  return [...groups].flatMap(([dataSet, jobs]) =>
    jobs.flatMap((job, index) => {
      const earlier = jobs.slice(0, index).find((other) => canCollide(job, other));
      if (earlier === undefined || !(checked.includes(job) || checked.includes(earlier))) return [];
      return [
        {
          message:
            `${earlier.name} and ${job.name} both write the data set ${dataSet}, with ids that can be the same: a ` +
            'record of the one would replace one of the other',
          remedy:
            'Put a constant that differs into record.id of each, e.g. the field period, or give each job a data ' +
            'set of its own.',
        },
      ];
    }),
  );
}

function canCollide(one: Job, other: Job): boolean {
  if (idSettingsOf(one.record.id).style !== idSettingsOf(other.record.id).style) return false;
  const [shape, otherShape] = [shapeOf(one), shapeOf(other)];
  if (shape.length !== otherShape.length) return false;
  return shape.every((part, index) => {
    const counterpart = otherShape[index];
    if (part === 'any' || counterpart === 'any') return part !== 'time' && counterpart !== 'time';
    return part === counterpart;
  });
}

/** What stands at each place of the id: the `_timestamp`, a constant as JSON, or anything. */
function shapeOf({ record }: Job): string[] {
  return idPartsOf(record.id).map((part) => {
    if (part.kind === 'value') return JSON.stringify(part.text);
    if (part.name === '_timestamp') return 'time';
    const field = part.kind === 'column' ? undefined : record.fields?.[part.name];
    return typeof field === 'object' && 'value' in field ? JSON.stringify(field.value) : 'any';
  });
}
