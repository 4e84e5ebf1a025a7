import type { Period } from '../calendar/period.ts';
import type { Complete } from '../config/config.ts';
import type { RecordMapping } from '../config/schema/job-schema.ts';
import type { QueryAdvice } from '../model/query.ts';
import type { DataRecord } from '../model/record.ts';
import type { Column, Row } from '../model/row.ts';
import type { RecordEncoder } from '../records/compile-records.ts';
import { idFieldNames } from '../records/id-parts.ts';
import { columnsThatTellApart, mergedFields } from '../records/tell-apart.ts';

/** What is known of a query two of whose rows have the same `_id`. */
export interface DuplicateFacts {
  readonly job: Complete;
  readonly advice: QueryAdvice;
  readonly encoder: Pick<RecordEncoder, 'fields' | 'timestampColumn' | 'period'>;
  readonly columns: readonly Column[];
}

/** Two rows of one query have the same `_id`: the second would replace the first in the data set. */
export class DuplicateIdError extends Error {
  readonly side = 'config';
  readonly remedy: string;

  /** @param later the later row and its record; @param rows their numbers, counted from 1 */
  constructor(
    facts: DuplicateFacts,
    later: { readonly row: Row; readonly record: DataRecord },
    rows: readonly [earlier: number, later: number],
  ) {
    const fields: Record<string, unknown> = JSON.parse(later.record.json);
    const values = idFieldNames(facts.job.record.id)
      .filter((name) => name in fields)
      .map((name) => `${name}=${JSON.stringify(fields[name])}`)
      .join(', ');
    super(
      `rows ${rows[0]} and ${rows[1]} of the query would have the same _id: ${values || later.record.id}`,
    );
    this.name = 'DuplicateIdError';
    this.remedy = remedyFor(facts, later.row);
  }
}

/** Never to add a number to the id: each time it changes the old record would stay beside the new one. */
function remedyFor({ job, advice, encoder, columns }: DuplicateFacts, row: Row): string {
  const { groupedButNotSelected, aggregates } = advice.outline(job.query);
  const hidden =
    groupedButNotSelected.length === 0
      ? ''
      : `The query groups by ${groupedButNotSelected.join(', ')} and does not select it: leave it out of GROUP BY, ` +
        'or select it and add it to record.id. ';
  const others = columnsThatTellApart(job.record, columns, encoder, row, aggregates);
  const numbers = namingNumbers(job, encoder, aggregates);
  const grouping = `group the rows in the query${groupingHint(job.record, encoder)}`;
  return others.length === 0
    ? `${hidden}${grouping[0]?.toUpperCase()}${grouping.slice(1)}, so that each _id comes once.${numbers}`
    : `${hidden}Add to record.id what tells such rows apart (${others.join(', ')}), or ${grouping}.`;
}

/** Where the id is left out it has no number, although one may be a code. */
function namingNumbers(
  { leftOut, record }: Complete,
  { fields }: DuplicateFacts['encoder'],
  computed: readonly string[],
): string {
  if (leftOut?.includes('id') !== true) return '';
  const inId = idFieldNames(record.id);
  const [first, ...others] = fields.flatMap(({ name, column }) =>
    column === undefined || inId.includes(name) || computed.includes(column.name.toLowerCase()) ? [] : [name],
  );
  if (first === undefined) return '';
  return (
    ` record.id is left out, so that no number is in it: if ${[first, ...others].join(' or ')} names something, write ` +
    `it out, e.g. id: [${[...inId, first].join(', ')}].`
  );
}

/** What makes one of several values, so that the query has to group by what becomes of them. */
function groupingHint(record: RecordMapping, { timestampColumn, period }: DuplicateFacts['encoder']): string {
  const merged = mergedFields(record);
  const becomes = [
    ...merged.map((name) => `what ${name} becomes by case and map`),
    ...(timestampColumn !== undefined && isFiner(timestampColumn, period)
      ? [`the ${period} of ${timestampColumn.name}`]
      : []),
  ];
  return becomes.length === 0 ? '' : ` by ${becomes.join(' and ')}`;
}

function isFiner({ kind }: Column, period: Period | undefined): boolean {
  if (period === undefined) return false;
  return kind === 'local-datetime' || kind === 'instant' || (period !== 'hour' && period !== 'day');
}
