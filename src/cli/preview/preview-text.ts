import type { Preview, PreviewedRow } from '../../advice/preview-rows.ts';
import type { Warning } from '../../advice/query-warnings.ts';
import type { Period } from '../../calendar/period.ts';
import type { Complete, Job } from '../../config/config.ts';
import type { Column as QueryColumn, RawValue } from '../../model/row.ts';
import type { RecordEncoder } from '../../records/compile-records.ts';
import { idPartsOf, idSettingsOf, partText } from '../../records/id-parts.ts';
import { counted } from '../../words/counts.ts';
import { printable } from '../../words/printable.ts';
import { leftOutText } from '../shell/left-out-text.ts';
import { type Column, leftOut, table } from '../shell/table.ts';
import type { Terminal } from '../shell/terminal.ts';
import { remedyText } from '../shell/text.ts';
import { fieldsOf } from './preview-json.ts';

/** What `preview` shows to people: where the records come from, a table of them, and what is wrong with rows. */
export function previewText({ job, encoder, columns, rows, warnings }: Preview, terminal: Terminal): string {
  const problems = rows.flatMap((row, index) => problemText(index + 1, row, columns, terminal));
  return [
    `${counted(rows.length, 'row')} shown, nothing sent\n${explanationText(job, encoder)}`,
    ...warnings.map((warning) => `\n${warningText(warning, terminal)}`),
    ...(rows.length === 0 ? [] : [`\n${recordsTable(rows, terminal)}`]),
    ...problems.map((text) => `\n${text}`),
  ].join('');
}

const warningText = ({ message, remedy }: Warning, terminal: Terminal): string =>
  `${terminal.style('yellow', '!')} the query: ${message}\n${remedyText(remedy)}`;

/** One line for each row, in the order of the query: the fields of its record, the `_id` last. */
function recordsTable(rows: readonly PreviewedRow[], terminal: Terminal): string {
  const records = rows.map(({ record }) => (record === undefined ? {} : fieldsOf(record)));
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))].filter(
    (name) => name !== '_id',
  );
  const columns: Column[] = [
    { name: 'row', align: 'right' },
    ...names.map((name, index) => fieldColumn(name, index, records)),
    { name: '_id', worth: 0, narrow: 'cut' },
  ];
  const cells = records.map((record, index) => [
    rowMark(index + 1, rows[index]?.problem !== undefined, terminal),
    ...names.map((name) => valueText(record[name])),
    valueText(record._id),
  ]);
  const missing = leftOut(columns, cells, terminal.width);
  const note = missing.length === 0 ? '' : `(no room for ${missing.join(', ')}: see --records)\n`;
  return `${table(columns, cells, terminal.width)}${note}`;
}

/** Where a terminal is too narrow, the `_timestamp` stays whole and the first fields stay longest. */
function fieldColumn(
  name: string,
  index: number,
  records: readonly Readonly<Record<string, unknown>>[],
): Column {
  if (name === '_timestamp') return { name };
  const isOfNumbers = records.every((record) => record[name] === undefined || isNumber(record[name]));
  return { name, worth: 1 / (index + 1), narrow: 'cut', align: isOfNumbers ? 'right' : 'left' };
}

const rowMark = (number: number, isWrong: boolean, terminal: Terminal): string =>
  isWrong ? `${terminal.style('red', '✗')} ${number}` : String(number);

/** What a number is that JavaScript cannot hold, `JSON.parse` has left as it was. */
const isNumber = (value: unknown): boolean => typeof value === 'number' || JSON.isRawJSON(value);

function valueText(value: unknown): string {
  if (value === undefined) return '–';
  return typeof value === 'string' ? printable(value).replaceAll('\n', '\\n') : JSON.stringify(value);
}

/** Why a row does not become a record, or not one of its own, with the row as the database gave it. */
function problemText(
  number: number,
  { row, record, problem }: PreviewedRow,
  columns: readonly QueryColumn[],
  terminal: Terminal,
): string[] {
  if (problem === undefined) return [];
  const what =
    record === undefined ? `row ${number} would be a dead letter: ${problem.message}` : problem.message;
  const cells = columns.map(({ name }, index) => `${name} = ${cellText(row[index] ?? null)}`).join(', ');
  return [`${terminal.style('red', '✗')} ${what}\n${remedyText(problem.remedy)}  the row: ${cells}\n`];
}

function cellText(value: RawValue): string {
  if (value === null) return 'NULL';
  return value instanceof Uint8Array ? `<${value.length} bytes>` : valueText(String(value));
}

const STYLES = {
  sha256: 'the first 32 hex digits of the SHA-256 of the JSON array of',
  'pp-db-collector-template': 'the MD5 of the row’s plain texts, joined, of',
  base64: 'the base64, joined, of',
  base64url: 'the URL-safe base64, joined, of',
  plain: 'the texts, joined, of',
} as const;

/** Where the `_timestamp` and the `_id` of a job's records come from, in two lines. */
function explanationText(job: Complete, encoder: RecordEncoder): string {
  const { style } = idSettingsOf(job.record.id);
  const parts = idPartsOf(job.record.id).map(partText).join(', ');
  const timestamp = `${timestampText(job, encoder)}${leftOutText(job, 'timestamp')}`;
  return `_timestamp: ${timestamp}\n_id: ${STYLES[style]} ${parts}${leftOutText(job, 'id')}\n`;
}

function timestampText(job: Job, { timestampColumn: column, period }: RecordEncoder): string {
  const value = column === undefined ? 'the time of the run' : `column ${column.name} (${column.type})`;
  return period === undefined ? `${value}, in UTC` : `${periodText(period, job.timezone)} ${value}`;
}

function periodText(period: Period, timezone: string): string {
  if (period === 'hour') return 'start of the hour, in UTC, of';
  return `midnight UTC of the date in ${timezone} on which the ${period} begins that holds`;
}
