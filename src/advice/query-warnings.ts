import { DAY } from '../calendar/durations.ts';
import { wallClockAt } from '../calendar/zone.ts';
import type { Route } from '../collect/run-context.ts';
import { unremembered } from '../collect/sent-rules.ts';
import { unknownMeasure } from '../collect/unknown-measure.ts';
import type { Complete, WindowJob } from '../config/config.ts';
import type { FieldMapping, RecordMapping } from '../config/schema/job-schema.ts';
import { hasWindows } from '../model/mode.ts';
import type { QueryOutline } from '../model/query.ts';
import type { Column } from '../model/row.ts';
import type { RecordEncoder } from '../records/compile-records.ts';
import { idPartsOf, idSettingsOf, isInId, partText } from '../records/id-parts.ts';
import { isEverythingInId } from '../records/tell-apart.ts';

/** What stops no run and could be better. */
export interface Warning {
  readonly message: string;
  readonly remedy?: string;
}

/** What is suspicious about a query and its columns before it is run: advice, which stops nothing. */
export function queryWarnings(
  job: Complete,
  { source, localTime }: Pick<Route, 'source' | 'localTime'>,
  columns: readonly Column[],
  encoder: RecordEncoder,
): Warning[] {
  const outline = source.advice.outline(job.query);
  const ofWindow = hasWindows(job)
    ? [
        ...daysOfAnotherZone(job, outline, source, localTime.zone),
        ...partsForTheWhole(job, outline),
        ...removesNothing(job),
      ]
    : [];
  return [
    ...ofWindow,
    ...countsInId(job, outline, encoder),
    ...ungroupedRows(job, outline, columns, encoder),
    ...timesInOldIds(job.record, columns),
    ...measureWarnings(job, encoder),
  ];
}

/** The query makes dates by the clock of the database, or of UTC, and compares instants of the job's days. */
function daysOfAnotherZone(
  job: WindowJob,
  { datedTime, literals, parameters }: QueryOutline,
  { advice }: Route['source'],
  zone: string,
): Warning[] {
  const { period } = job.window;
  const boundsInstants = ['from', 'to'].some((name) => parameters.includes(name));
  const namesZone = parameters.includes('timezone') || literals.includes(job.timezone);
  if (datedTime === undefined || !boundsInstants || namesZone || period === 'hour') return [];
  const other = [zone, 'UTC'].find((each) => differ(each, job.timezone));
  if (other === undefined) return [];
  return [
    {
      message:
        `it makes dates of ${datedTime} by the clock of ${other}, and the job counts by the ${period} of ` +
        `${job.timezone}: while the two differ, rows are counted for the ${period} beside theirs`,
      remedy: advice.localPeriodRemedy(period, datedTime),
    },
  ];
}

/** Whether the clocks of two zones differ at any time of the year. */
function differ(zone: string, other: string): boolean {
  const now = Date.now();
  return Array.from({ length: 13 }, (_, month) => now + month * 30 * DAY).some(
    (instant) => wallClockAt(instant, zone) !== wallClockAt(instant, other),
  );
}

function partsForTheWhole({ window }: WindowJob, { isAggregated }: QueryOutline): Warning[] {
  if (!window.allow_outside || !isAggregated) return [];
  return [
    {
      message:
        'window.allow_outside is set, and the rows are counts: a part of a count would replace the whole one of ' +
        'its period',
      remedy: 'Remove window.allow_outside, and compare with :from and :to in the query.',
    },
  ];
}

function removesNothing(job: WindowJob): Warning[] {
  if (job.deleted === 'keep' || unremembered(job) === undefined) return [];
  return [
    {
      message: `deleted: remove removes nothing: record.id does not say of which ${job.window.period} a record is, so what was sent is not remembered`,
      remedy:
        'Put _timestamp into record.id; or leave deleted out, and remove with pp-db-collector verify ' +
        `${job.name} --repair --delete-extra.`,
    },
  ];
}

function measureWarnings(job: Complete, { fields }: RecordEncoder): Warning[] {
  const unknown = unknownMeasure(job, fields);
  if (unknown === undefined) return [];
  const place = job.places?.measure === undefined ? '' : `, at ${job.places.measure}`;
  return [{ message: `${unknown.reason}${place}`, remedy: unknown.remedy }];
}

/** Nothing but what is counted could tell two rows of one `_id` apart, and nothing keeps the query from giving two. */
function ungroupedRows(
  { record }: Complete,
  { isGrouped, hasDistinctRows }: QueryOutline,
  columns: readonly Column[],
  encoder: RecordEncoder,
): Warning[] {
  if (isGrouped || hasDistinctRows || !isEverythingInId(record, columns, encoder)) return [];
  return [
    {
      message:
        'it has no GROUP BY, and everything but numbers is in record.id ' +
        `(${idPartsOf(record.id).map(partText).join(', ')}): a run fails as soon as two rows agree in that`,
      remedy: 'Group the rows in the query, unless the table has one row for each.',
    },
  ];
}

function countsInId(
  { record }: Complete,
  { aggregates }: QueryOutline,
  { fields }: RecordEncoder,
): Warning[] {
  return fields.flatMap(({ name, column, becomes }) => {
    const isCount = column !== undefined && aggregates.includes(column.name.toLowerCase());
    const isText = ['text', 'padded-text', 'string', 'date', 'local-datetime', 'instant'].includes(becomes);
    if (!isCount || isText || !isInId(record.id, name, column.name)) return [];
    return [
      {
        message:
          `record.id names ${name}, a number that the query computes: whenever it changes, the old record stays ` +
          'beside the new one',
        remedy: 'Leave it out of record.id, and group the rows in the query by what the id names.',
      },
    ];
  });
}

/** The older collector made the id of the date, whatever the column held beside it. */
function timesInOldIds({ id, fields }: RecordMapping, columns: readonly Column[]): Warning[] {
  if (idSettingsOf(id).style !== 'pp-db-collector-template') return [];
  return idPartsOf(id).flatMap((part) => {
    if (part.kind === 'value' || part.kind === 'field' || part.format !== undefined) return [];
    const mapping = part.kind === 'name' ? fields?.[part.name] : undefined;
    const name = columnOf(mapping) ?? part.name;
    const column = columns.find((each) => each.name === name);
    if (column?.kind !== 'local-datetime' && column?.kind !== 'instant') return [];
    return [
      {
        message:
          `record.id takes the column ${column.name}, a ${column.type}: its time is part of the text of which the ` +
          'id is made, where the older collector had only the date',
        remedy:
          `Write { column: ${column.name}, format: yyyy-MM-dd } in its place, unless the ids of the data set were ` +
          'made with the time.',
      },
    ];
  });
}

function columnOf(mapping: FieldMapping | undefined): string | undefined {
  if (typeof mapping === 'string') return mapping;
  return mapping !== undefined && 'column' in mapping ? mapping.column : undefined;
}
