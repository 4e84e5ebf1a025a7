import { queryWarnings, type Warning } from '../../advice/query-warnings.ts';
import { type DuplicateFacts, DuplicateIdError } from '../../collect/duplicate-id.ts';
import { exampleQuery, windowQuery, windowRules } from '../../collect/queries.ts';
import type { Route } from '../../collect/run-context.ts';
import type { Job, WindowJob } from '../../config/config.ts';
import type { Span } from '../../model/progress.ts';
import type { DataRecord } from '../../model/record.ts';
import type { Column, RawValue, Row } from '../../model/row.ts';
import { compileRecords, type RecordEncoder } from '../../records/compile-records.ts';
import { NotARecordError } from '../../records/not-a-record.ts';
import { type Window, windowsBetween, windowsOwed } from '../../schedule/window.ts';
import { UsageError } from '../shell/errors.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import { exactNumbers } from '../shell/json.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import { type SpanFlags, spanOf } from '../shell/span.ts';
import { withStop } from '../shell/stop-signals.ts';
import type { Terminal } from '../shell/terminal.ts';
import { remedyText, table, windowText } from '../shell/text.ts';
import { withStations } from '../wiring.ts';
import { explainRecords, recordsExplained } from './explanation.ts';

export interface PreviewFlags extends SpanFlags {
  readonly json?: boolean;
  readonly rows: number;
}

/** A row and what becomes of it. */
interface PreviewedRow {
  readonly row: Row;
  readonly record: DataRecord | undefined;
  readonly problem: (Error & { readonly remedy: string }) | undefined;
}

/** `preview`: runs the query of one job and shows rows beside the records that they become; sends nothing. */
export async function preview(name: string, flags: PreviewFlags, setting: Setting): Promise<ExitCode> {
  const [job] = selectJobs([name], false, setting);
  if (job === undefined) return EXIT.configuration;
  return withStop(async ({ signal, exitCode }) => {
    const shown = await withStations(setting, (stations) =>
      previewOf(job, flags, stations.routeOf(job), signal),
    );
    await show(shown, flags.json === true, setting.terminal);
    return exitCode() ?? EXIT.success;
  });
}

async function previewOf(
  job: Job,
  flags: PreviewFlags,
  { source, clock }: Pick<Route, 'source' | 'clock'>,
  signal: AbortSignal,
): Promise<Preview> {
  const { query, rules, window } = previewedQuery(job, flags, { source, clock });
  const result = await source.open(query, signal);
  try {
    const encoder = compileRecords(job.record, result.columns, rules);
    const rows = await firstRows(result.batches, flags.rows);
    const facts = { job, advice: source.advice, encoder, columns: result.columns };
    const previewed = withDuplicates(
      rows.map((row) => previewRow(row, encoder)),
      facts,
    );
    const warnings = queryWarnings(job, { source, clock }, result.columns, encoder);
    return { job, window, encoder, columns: result.columns, rows: previewed, warnings };
  } finally {
    await result.close();
  }
}

/** Of a window job the last window that is owed, as after a first run, or the span asked for; of others what a first run begins with. */
function previewedQuery(job: Job, flags: PreviewFlags, { source, clock }: Pick<Route, 'source' | 'clock'>) {
  const span = spanOf(flags, job);
  if (job.window === undefined) return { ...exampleQuery(job, Date.now(), clock), window: undefined };
  const window = windowOf(job, span);
  const facts = { advice: source.advice, collectedTo: undefined };
  return { query: windowQuery(job, window), rules: windowRules(job, window, clock, facts), window };
}

function windowOf(job: WindowJob, span: Span | undefined): Window {
  const now = Date.now();
  const windows =
    span === undefined
      ? windowsOwed(job.window, job.timezone, now, undefined)
      : windowsBetween(job.window, job.timezone, now, span);
  const window = windows.at(-1);
  if (window !== undefined) return window;
  throw new UsageError(
    `${job.name}: there is no period that is over`,
    'Give a span in the past with --from and --to.',
  );
}

async function firstRows(batches: AsyncIterable<readonly Row[]>, limit: number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) {
    rows.push(...batch.slice(0, limit - rows.length));
    if (rows.length >= limit) break;
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

const fieldsOf = (record: DataRecord): Record<string, unknown> => JSON.parse(record.json, exactNumbers);

interface Preview {
  readonly job: Job;
  /** Undefined for jobs without windows. */
  readonly window: Window | undefined;
  readonly encoder: RecordEncoder;
  readonly columns: readonly Column[];
  readonly rows: readonly PreviewedRow[];
  readonly warnings: readonly Warning[];
}

async function show(preview: Preview, asJson: boolean, terminal: Terminal): Promise<void> {
  const { job, window, encoder, columns, rows, warnings } = preview;
  if (asJson) {
    await terminal.print(`${JSON.stringify(previewJson(preview), null, 2)}\n`);
    return;
  }
  const count = rows.length === 1 ? '1 row' : `${rows.length} rows`;
  const span = window === undefined ? '' : `${windowText(window, job.timezone)}, `;
  await terminal.print(`${job.name}: ${span}${count} shown, nothing sent\n`);
  await terminal.print(`${explainRecords(job, encoder)}\n`);
  for (const warning of warnings) await terminal.print(`${warningText(warning, terminal)}\n`);
  for (const row of rows) await terminal.print(`${besideEachOther(columns, row, terminal)}\n`);
}

const warningText = ({ message, remedy }: Warning, terminal: Terminal): string =>
  `${terminal.style('yellow', '!')} the query: ${message}\n${remedyText(remedy)}`;

function besideEachOther(
  columns: readonly Column[],
  { row, record, problem }: PreviewedRow,
  terminal: Terminal,
): string {
  const cells = columns.map(({ name }, index) => `${name} = ${cellText(row[index] ?? null)}`);
  const told =
    problem === undefined
      ? ''
      : `${terminal.style('red', '✗')} ${problem.message}\n${remedyText(problem.remedy)}`;
  if (record === undefined) {
    return (
      table(
        ['row'],
        cells.map((cell) => [cell]),
      ) + told
    );
  }
  const fields = Object.entries(fieldsOf(record)).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const lines = Array.from({ length: Math.max(cells.length, fields.length) }, (_, index) => [
    cells[index] ?? '',
    fields[index] ?? '',
  ]);
  return table(['row', 'record'], lines) + told;
}

function cellText(value: RawValue): string {
  if (value === null) return 'NULL';
  return value instanceof Uint8Array ? `<${value.length} bytes>` : String(value);
}

const windowJson = ({ from, to }: Window) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

function previewJson({ job, window, encoder, columns, rows, warnings }: Preview) {
  return {
    job: job.name,
    window: window === undefined ? null : windowJson(window),
    ...recordsExplained(job, encoder),
    warnings,
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: rows.map(({ row, record, problem }) => ({
      row: row.map((value) => (value === null ? null : cellText(value))),
      record: record === undefined ? null : fieldsOf(record),
      problem: problem === undefined ? null : { message: problem.message, remedy: problem.remedy },
    })),
  };
}
