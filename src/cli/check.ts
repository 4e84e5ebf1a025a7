import { queryOf, rulesOf } from '../collect/collect-window.ts';
import type { Column, Source } from '../collect/interfaces.ts';
import type { Job } from '../config/config.ts';
import { compileRecords, type RecordEncoder } from '../records/compile-records.ts';
import { windowsBetween } from '../schedule/window.ts';
import { CheckReport } from './check-report.ts';
import { EXIT, type ExitCode, worst } from './exit-codes.ts';
import { selectJobs } from './select-jobs.ts';
import type { Setting } from './setting.ts';
import { listenForStop } from './stop-signals.ts';
import { table } from './text.ts';
import { openState, Stations } from './wiring.ts';

export interface CheckFlags {
  readonly offline?: boolean;
}

/** `check`: layer by layer, each line with the remedy when it is not well; what fails in one place does not hide the others. */
export async function check(
  names: readonly string[],
  flags: CheckFlags,
  setting: Setting,
): Promise<ExitCode> {
  const jobs = selectJobs(names, names.length === 0, setting);
  const report = new CheckReport(setting.terminal);
  await checkFiles(jobs, setting, report);
  if (flags.offline !== true) {
    const stop = listenForStop();
    const stations = new Stations(setting);
    try {
      await checkStations(jobs, stations, report, stop.signal);
    } finally {
      await stations.close();
      stop.release();
    }
    await report.line('state', async () => {
      openState(setting.config).close();
      return '';
    });
    if (stop.exitCode() !== undefined) return stop.exitCode() ?? EXIT.interrupted;
  }
  return worst([...setting.codesOfProblems(names), ...report.codes]);
}

/** The files were loaded before anything else; their mistakes have been told. */
async function checkFiles(
  jobs: readonly Job[],
  { config, wrongJobs }: Setting,
  report: CheckReport,
): Promise<void> {
  const good = `${config.file} and ${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}`;
  if (wrongJobs.length === 0) await report.good(`files: ${good}`);
  else
    await report.bad(`files: mistakes in ${wrongJobs.join(', ')}, told above`, undefined, EXIT.configuration);
}

async function checkStations(
  jobs: readonly Job[],
  stations: Stations,
  report: CheckReport,
  signal: AbortSignal,
): Promise<void> {
  const reached = new Set<string>();
  for (const name of new Set(jobs.map((job) => job.database))) {
    const source = stations.sourceOf(name);
    if (await report.line(`database ${name}`, () => inspect(name, source, report, signal))) reached.add(name);
  }
  for (const job of jobs) if (reached.has(job.database)) await checkQuery(job, stations, report, signal);
  for (const job of jobs) await checkDataSet(job, stations, report, signal);
}

/** What is not as it should be but stops no run is told beside what is. */
async function inspect(
  name: string,
  source: Source,
  report: CheckReport,
  signal: AbortSignal,
): Promise<string> {
  const findings = await source.inspect(signal);
  for (const { ok, text, remedy } of findings) {
    if (!ok) await report.warning(`database ${name}: ${text}`, remedy);
  }
  return findings.flatMap(({ ok, text }) => (ok ? [text] : [])).join(', ');
}

/** A query is prepared and described, not run: its columns, their types, and what each becomes. */
async function checkQuery(
  job: Job,
  stations: Stations,
  report: CheckReport,
  signal: AbortSignal,
): Promise<void> {
  let columns: readonly Column[] = [];
  let encoder: RecordEncoder | undefined;
  await report.line(`query of ${job.name}`, async () => {
    const { source, clock } = stations.routeOf(job);
    const now = Date.now();
    const settings = { ...job.window, include_current: true, delay: 0 };
    const [window] = windowsBetween(settings, job.timezone, now, { from: now, to: now + 1 });
    if (window === undefined) return '';
    columns = await source.describe(queryOf(job, window), signal);
    encoder = compileRecords(job.record, columns, rulesOf(job, window, clock));
    return '';
  });
  if (encoder !== undefined) await report.detail(columnsTable(columns, encoder));
}

/** An empty list stores nothing, and is answered as a full one would be. */
async function checkDataSet(
  job: Job,
  stations: Stations,
  report: CheckReport,
  signal: AbortSignal,
): Promise<void> {
  const { data_group, data_type, token } = job.data_set;
  await report.line(`data set ${data_group}/${data_type}`, async () => {
    await stations.client.check({ data_group, data_type, token: token.reveal() }, { signal });
    return 'takes records';
  });
}

function columnsTable(columns: readonly Column[], encoder: RecordEncoder): string {
  const rows = columns.map((column) => {
    const fields = encoder.fields.filter((field) => field.column?.name === column.name);
    const uses = fields.map(
      ({ name, becomes }) => `${name} (${becomes === 'dynamic' ? 'by the value' : becomes})`,
    );
    if (column.name === encoder.timestampColumn.name) uses.unshift('_timestamp');
    return [`    ${column.name}`, column.type, uses.join(', ') || '–'];
  });
  return table(['    column', 'type', 'becomes'], rows);
}
