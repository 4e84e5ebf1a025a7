import { checkQuery, warningOf } from '../../advice/check-query.ts';
import { collidingIds } from '../../advice/colliding-ids.ts';
import type { Warning } from '../../advice/query-warnings.ts';
import type { Complete, Config, Job } from '../../config/config.ts';
import { formatProblem, type Problem } from '../../config/problem.ts';
import { hasWindows } from '../../model/mode.ts';
import type { State } from '../../model/state.ts';
import { idPartsOf, partText } from '../../records/id-parts.ts';
import { counted, grouped } from '../../words/counts.ts';
import { EXIT, type ExitCode, worst } from '../shell/exit-codes.ts';
import { leftOutText } from '../shell/left-out-text.ts';
import { notComparedYet } from '../shell/not-compared-yet.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import { type GlobalFlags, readSetting, type Setting } from '../shell/setting.ts';
import { withStop } from '../shell/stop-signals.ts';
import type { Terminal } from '../shell/terminal.ts';
import {
  type ConfiguredStations,
  dataSetOf,
  placeOfState,
  prepareSharedSchedule,
  withState,
  withStations,
} from '../wiring.ts';
import { readable } from './readable.ts';
import {
  type CheckReport,
  type CheckResult,
  checkResult,
  type Findings,
  JsonCheckReport,
  TextCheckReport,
} from './report.ts';
import { checkServe } from './serve.ts';

export interface CheckFlags extends GlobalFlags {
  readonly offline?: boolean;
  /** The configuration of `serve`; left out: the one beside that of the collector, when no job is named. */
  readonly writeApi?: string;
  readonly json?: boolean;
}

/**
 * `check`: layer by layer, each line with the remedy when it is not well; what fails in one place does not hide the
 * others.
 */
export async function check(
  names: readonly string[],
  flags: CheckFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const report = flags.json === true ? new JsonCheckReport(terminal) : new TextCheckReport(terminal);
  const isAboutServe = names.length === 0 || flags.writeApi !== undefined;
  const serve = isAboutServe ? checkServe(flags.writeApi, flags, terminal) : undefined;
  const loaded = await readSetting(flags, terminal);
  // A write API may be all that there is.
  const isAlone = loaded.isFileUnreadable && serve !== undefined && flags.config === undefined;
  const own = isAlone ? { ...loaded, problems: [], isFileUnreadable: false } : loaded;
  report.problems({ ...own, problems: distinct([...own.problems, ...(serve?.problems ?? [])]) });
  if (serve !== undefined) await report.add(serve.result);
  const codes = [serve?.result.code ?? EXIT.success];
  if (loaded.setting !== undefined)
    codes.push(await checkLayers(names, flags.offline === true, loaded.setting, report));
  else if (!isAlone) codes.push(EXIT.configuration);
  const code = worst(codes);
  await report.end(code);
  return code;
}

/** Both configurations are read with the same variables, whose mistakes are told once. */
const distinct = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(problems.map((problem) => [formatProblem(problem), problem])).values(),
];

async function checkLayers(
  names: readonly string[],
  offline: boolean,
  setting: Setting,
  report: CheckReport,
): Promise<ExitCode> {
  const jobs = selectJobs(names, names.length === 0, setting);
  const codes: ExitCode[] = [];
  const add = async (result: CheckResult) => {
    codes.push(result.code);
    await report.add(result);
  };
  return withStop(async ({ signal, exitCode }) => {
    await add(filesResult(jobs, setting));
    if (!offline) {
      await withStations(setting, async (stations) => {
        const ids = new CompletedIds(jobs, setting.config.jobs);
        for await (const result of stationResults(jobs, stations, ids, signal)) await add(result);
      });
      await add(await stateResult(jobs, setting.config));
    }
    return exitCode() ?? worst(codes);
  });
}

/** The files were loaded before anything else; their mistakes have been told. */
function filesResult(jobs: readonly Job[], { config, wrongJobs }: Setting): CheckResult {
  const about = { layer: 'files', name: config.file, warnings: collidingIds(jobs, config.jobs) } as const;
  if (wrongJobs.length > 0) {
    const message = `mistakes in ${wrongJobsText(wrongJobs)}`;
    return { ...about, outcome: 'bad', message, code: EXIT.configuration };
  }
  const message = `${config.file} and ${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}`;
  return { ...about, outcome: 'good', message, code: EXIT.success };
}

/** The names of a few; of many how many there are, because each has been told. */
const wrongJobsText = (names: readonly string[]): string =>
  names.length <= 10 ? names.join(', ') : `${grouped(names.length)} jobs`;

const stateResult = (jobs: readonly Job[], config: Config): Promise<CheckResult> =>
  checkResult('state', placeOfState(config), () =>
    withState(config, async (state) => {
      await prepareSharedSchedule(config);
      return { message: '', notes: await notesOf(jobs, state) };
    }),
  );

async function notesOf(jobs: readonly Job[], state: State): Promise<string[]> {
  const notes: string[] = [];
  for (const job of jobs) {
    const text = await notComparedYet(job, state, Date.now());
    if (text !== undefined) notes.push(`expect.change of ${job.name}: ${text}`);
  }
  return notes;
}

/** One result after the other, each as soon as it is known. */
async function* stationResults(
  jobs: readonly Job[],
  stations: ConfiguredStations,
  ids: CompletedIds,
  signal: AbortSignal,
): AsyncGenerator<CheckResult> {
  const reached = new Set<string>();
  for (const name of new Set(jobs.map((job) => job.database))) {
    const result = await checkResult('database', name, () => inspect(name, stations, signal));
    if (result.outcome === 'good') reached.add(name);
    yield result;
  }
  for (const job of jobs) {
    if (reached.has(job.database)) {
      yield await checkResult('query', job.name, () => describeQuery(job, stations, ids, signal));
    } else yield uncheckedQuery(job);
  }
  for (const job of jobs) {
    const { data_group, data_type } = job.data_set;
    yield await checkResult('data_set', `${data_group}/${data_type}`, () =>
      tryDataSet(job, stations, signal),
    );
  }
}

/** What is not as it should be but stops no run is a warning. */
async function inspect(name: string, stations: ConfiguredStations, signal: AbortSignal): Promise<Findings> {
  const findings = await stations.sourceOf(name).inspect(signal);
  return {
    message: findings.flatMap(({ ok, text }) => (ok ? [text] : [])).join(', '),
    warnings: findings.filter(({ ok }) => !ok).map(warningOf),
  };
}

const uncheckedQuery = ({ name, database }: Job): CheckResult => ({
  layer: 'query',
  name,
  outcome: 'skipped',
  message: `not checked, because database ${database} failed`,
  code: EXIT.success,
});

/** What the job leaves to the columns of its query, as lines of its file. */
function defaultsOf(job: Complete): string[] {
  const { timestamp, id } = job.record;
  const texts = { timestamp: String(timestamp), id: idPartsOf(id).map(partText).join(', ') };
  return (job.leftOut ?? []).map((key) => `${key}: ${texts[key]}${leftOutText(job, key)}`);
}

/** Finds records that may replace each other where jobs leave `record.id` to their queries, as these become known. */
class CompletedIds {
  readonly #jobs: Map<string, Job>;
  readonly #told: Set<string>;

  constructor(checked: readonly Job[], all: readonly Job[]) {
    this.#jobs = new Map(all.map((job) => [job.name, job]));
    this.#told = new Set(collidingIds(checked, all).map(({ message }) => message));
  }

  collidingWith(job: Complete): readonly Warning[] {
    this.#jobs.set(job.name, job);
    const found = collidingIds([job], [...this.#jobs.values()]).filter(
      ({ message }) => !this.#told.has(message),
    );
    for (const { message } of found) this.#told.add(message);
    return found;
  }
}

/** A query is prepared and described, not run. */
async function describeQuery(
  job: Job,
  stations: ConfiguredStations,
  ids: CompletedIds,
  signal: AbortSignal,
): Promise<Findings> {
  const {
    job: complete,
    plannedRows,
    warnings,
    columns,
  } = await checkQuery(job, stations.routeOf(job), Date.now(), signal);
  const message =
    plannedRows === undefined
      ? ''
      : `about ${counted(plannedRows, 'row')}${hasWindows(job) ? ' in a window' : ''}, by the database's own plan`;
  return {
    message,
    warnings: [...warnings, ...ids.collidingWith(complete)],
    columns,
    defaults: defaultsOf(complete),
  };
}

const NO_COMPRESSION = {
  message: 'the write host refuses compressed requests',
  remedy: 'Set write_api.gzip to false; until then each process finds that out by itself.',
};

/** An empty list stores nothing, and is answered as a full one would be. */
async function tryDataSet(job: Job, stations: ConfiguredStations, signal: AbortSignal): Promise<Findings> {
  const { takesCompressed } = await stations.client.check(dataSetOf(job), { signal });
  const { warnings = [], ...found } = await readable(job, stations.routeOf(job).reader, signal);
  const all = [...(takesCompressed ? [] : [NO_COMPRESSION]), ...warnings];
  return { message: 'takes records', ...(all.length > 0 && { warnings: all }), ...found };
}
