import { type Preview, type PreviewedRow, previewedWindow, previewRows } from '../advice/preview-rows.ts';
import type { Warning } from '../advice/query-warnings.ts';
import { isoTime } from '../calendar/date-time.ts';
import type { Period } from '../calendar/period.ts';
import type { Job } from '../config/config.ts';
import { hasWindows } from '../model/mode.ts';
import type { DataRecord } from '../model/record.ts';
import type { Column, RawValue } from '../model/row.ts';
import type { RecordEncoder } from '../records/compile-records.ts';
import { idPartsOf, idSettingsOf, partText } from '../records/id-parts.ts';
import type { Window } from '../schedule/window.ts';
import { EXIT, type ExitCode, UsageError } from './shell/exit-codes.ts';
import { exactNumbers, jsonText } from './shell/json.ts';
import { selectJobs } from './shell/select-jobs.ts';
import type { Setting } from './shell/setting.ts';
import { type SpanFlags, spanOf } from './shell/span.ts';
import { withStop } from './shell/stop-signals.ts';
import { table } from './shell/table.ts';
import type { Terminal } from './shell/terminal.ts';
import { remedyText, windowText } from './shell/text.ts';
import { withStations } from './wiring.ts';

/** What `preview` shows, piece by piece. */
function* previewTexts(preview: Preview, terminal: Terminal): Iterable<string> {
  const { job, window, encoder, columns, rows, warnings } = preview;
  const count = rows.length === 1 ? '1 row' : `${rows.length} rows`;
  const span = window === undefined ? '' : `${windowText(window, job.timezone)}, `;
  yield `${job.name}: ${span}${count} shown, nothing sent\n`;
  yield `${explanationText(job, encoder)}\n`;
  for (const warning of warnings) yield `${warningText(warning, terminal)}\n`;
  for (const row of rows) yield `${besideEachOther(columns, row, terminal)}\n`;
}

const warningText = ({ message, remedy }: Warning, terminal: Terminal): string =>
  `${terminal.style('yellow', '!')} the query: ${message}\n${remedyText(remedy)}`;

function besideEachOther(
  columns: readonly Column[],
  { row, record, problem }: PreviewedRow,
  terminal: Terminal,
): string {
  const cells = columns.map(({ name }, index) => `${name} = ${cellText(row[index] ?? null)}`);
  const problemLines =
    problem === undefined
      ? ''
      : `${terminal.style('red', '✗')} ${problem.message}\n${remedyText(problem.remedy)}`;
  if (record === undefined) {
    return (
      table(
        ['row'],
        cells.map((cell) => [cell]),
      ) + problemLines
    );
  }
  const fields = Object.entries(fieldsOf(record)).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const lines = Array.from({ length: Math.max(cells.length, fields.length) }, (_, index) => [
    cells[index] ?? '',
    fields[index] ?? '',
  ]);
  return table(['row', 'record'], lines) + problemLines;
}

function cellText(value: RawValue): string {
  if (value === null) return 'NULL';
  return value instanceof Uint8Array ? `<${value.length} bytes>` : String(value);
}

/** For `--json`. */
function previewJson({ job, window, encoder, columns, rows, warnings }: Preview) {
  return {
    job: job.name,
    window: window === undefined ? null : { from: isoTime(window.from), to: isoTime(window.to) },
    ...explanationJson(job, encoder),
    warnings,
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: rows.map(({ row, record, problem }) => ({
      row: row.map((value) => (value === null ? null : cellText(value))),
      record: record === undefined ? null : fieldsOf(record),
      problem: problem === undefined ? null : { message: problem.message, remedy: problem.remedy },
    })),
  };
}

const fieldsOf = (record: DataRecord): Record<string, unknown> => JSON.parse(record.json, exactNumbers);

const STYLES = {
  sha256: 'the first 32 hex digits of the SHA-256 of the JSON array of',
  'pp-db-collector-template': 'the MD5 of the row’s plain texts, joined, of',
  base64: 'the base64, joined, of',
  base64url: 'the URL-safe base64, joined, of',
  plain: 'the texts, joined, of',
} as const;

/** Where the `_timestamp` and the `_id` of a job's records come from, in two lines. */
function explanationText(job: Job, encoder: RecordEncoder): string {
  const { style } = idSettingsOf(job.record.id);
  const parts = idPartsOf(job.record.id).map(partText).join(', ');
  return `_timestamp: ${timestampText(job, encoder)}\n_id: ${STYLES[style]} ${parts}\n`;
}

function timestampText(job: Job, { timestampColumn: column, period }: RecordEncoder): string {
  const value = column === undefined ? 'the time of the run' : `column ${column.name} (${column.type})`;
  return period === undefined ? `${value}, in UTC` : `${periodText(period, job.timezone)} ${value}`;
}

/** The same as data. */
function explanationJson(job: Job, encoder: RecordEncoder) {
  const { name = null, type = null } = encoder.timestampColumn ?? {};
  const timestamp = { column: name, type, period: encoder.period ?? null, timezone: job.timezone };
  return { timestamp, id: idSettingsOf(job.record.id) };
}

function periodText(period: Period, timezone: string): string {
  if (period === 'hour') return 'start of the hour, in UTC, of';
  return `midnight UTC of the date in ${timezone} on which the ${period} begins that holds`;
}

interface PreviewFlags extends SpanFlags {
  readonly json?: boolean;
  readonly rows: number;
}

/** `preview`: runs the query of one job and shows rows beside the records that they become; sends nothing. */
export async function preview(name: string, flags: PreviewFlags, setting: Setting): Promise<ExitCode> {
  const { terminal } = setting;
  const [job] = selectJobs([name], false, setting);
  if (job === undefined) return EXIT.configuration;
  const window = windowOf(job, flags);
  return withStop(async ({ signal, exitCode }) => {
    const previewed = await withStations(setting, (stations) =>
      previewRows(job, window, flags.rows, stations.routeOf(job), signal),
    );
    if (flags.json === true) await terminal.print(jsonText(previewJson(previewed)));
    else for (const text of previewTexts(previewed, terminal)) await terminal.print(text);
    return exitCode() ?? EXIT.success;
  });
}

function windowOf(job: Job, flags: SpanFlags): Window | undefined {
  const span = spanOf(flags, job);
  if (!hasWindows(job)) return undefined;
  const window = previewedWindow(job, span, Date.now());
  if (window !== undefined) return window;
  throw new UsageError(
    `${job.name}: there is no period that is over`,
    'Give a span in the past with --from and --to.',
  );
}
