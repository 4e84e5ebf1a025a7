import type { Job } from '../config/config.ts';
import type { TableScan } from '../model/execution-plan.ts';
import type { ComparedColumn, QueryAdvice } from '../model/query.ts';
import { grouped } from '../words/counts.ts';
import type { Warning } from './query-warnings.ts';

/** Rows of a table that is large enough for a warning when it is read as a whole. */
export const LARGE_TABLE = 1_000_000;

/** What a job reads from beginning to end, by the plan of its query, and what could spare the database that. */
export const scanWarnings = (job: Job, scans: readonly TableScan[], advice: QueryAdvice): Warning[] =>
  scans.flatMap((scan) => {
    const remedy = remedyOf(job, scan, advice);
    if (remedy === undefined) return [];
    const place = scan.place === undefined ? '' : `, ${scan.place.place}`;
    const rows = grouped(Number(scan.rows.toPrecision(2)));
    return [{ message: `it reads all of ${scan.table}, about ${rows} rows, in each run${place}`, remedy }];
  });

/** Undefined: there is nothing to warn about. */
function remedyOf(job: Job, scan: TableScan, advice: QueryAdvice): string | undefined {
  const position = positionIn(job, scan);
  // The first run of a cursor job reads from the start, so that the index that later ones use may be no gain to it.
  if (position !== undefined)
    return hasIndex(scan, position) ? undefined : indexRemedy(scan, position, advice);
  const compared = advice.outline(job.query).compared.flatMap((each) => {
    const column = columnOf(each, scan);
    return column === undefined ? [] : [{ ...each, column }];
  });
  const plain = compared.filter(({ isPlain }) => isPlain).map(({ column }) => column);
  const indexed = plain.find((column) => hasIndex(scan, [column]));
  if (indexed !== undefined) {
    return (
      `The database expects no gain from its index on ${indexed}: if the query needs few of the rows, have it ` +
      `count them anew, e.g. with ANALYZE.`
    );
  }
  if (plain[0] !== undefined) return indexRemedy(scan, [plain[0]], advice);
  const [made] = compared;
  if (made === undefined) {
    return 'See whether an index could find the rows that it needs, or whether the database can bear this as often as the job runs.';
  }
  const add = hasIndex(scan, [made.column]) ? '' : `, and ${advice.createIndex(scan.table, [made.column])}`;
  return `Compare ${made.column} as it stands, not what the query makes of it, so that an index can be used${add}.`;
}

const indexRemedy = (scan: TableScan, columns: readonly string[], advice: QueryAdvice): string =>
  `An index would spare it that: ${advice.createIndex(scan.table, columns)}.`;

/** The columns of a job's position, where it has one and they are all of this table. */
function positionIn(job: Job, scan: TableScan): readonly string[] | undefined {
  switch (job.mode) {
    case 'cursor': {
      const own = job.cursor.columns.flatMap((name) => named(name, scan) ?? []);
      return own.length === job.cursor.columns.length ? own : undefined;
    }
    case 'window':
    case 'snapshot':
      return undefined;
  }
}

/** Without what qualifies it and its quotes. */
const columnOf = ({ column }: ComparedColumn, scan: TableScan): string | undefined =>
  named(column.replace(/^.*\./s, '').replace(/^[`"[](.*)[`"\]]$/s, '$1'), scan);

const named = (name: string, { columns }: TableScan): string | undefined =>
  columns.find((column) => column.toLowerCase() === name.toLowerCase());

/** Whether an index begins with some columns. */
const hasIndex = ({ indexes }: TableScan, columns: readonly string[]): boolean =>
  indexes.some((index) => columns.every((column, place) => index[place] === column));
