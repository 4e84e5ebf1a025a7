import { isoTime } from '../../calendar/date-time.ts';
import { completedAsStored } from '../../collect/complete-job.ts';
import { changesBetween, fingerprintOf } from '../../collect/fingerprint.ts';
import { instantOfPosition } from '../../collect/future-position.ts';
import type { Config, Job } from '../../config/config.ts';
import { hasWindows } from '../../model/mode.ts';
import type { PendingSnapshot } from '../../model/pending.ts';
import type { Progress } from '../../model/progress.ts';
import type { RunningRun, RunResult } from '../../model/run.ts';
import type { LeaseHolder, State } from '../../model/state.ts';
import { type CollectedTime, collectedTime } from '../../schedule/collected-time.ts';
import { collectedDocument, runningDocument } from '../../status/job-documents.ts';
import { grouped } from '../../words/counts.ts';
import { runningText } from '../../words/running.ts';
import { spanCommand } from '../../words/span-command.ts';
import { EXIT, type ExitCode, worst } from '../shell/exit-codes.ts';
import { jsonText, runJson } from '../shell/json.ts';
import { selectJobs } from '../shell/select-jobs.ts';
import type { Setting } from '../shell/setting.ts';
import type { Terminal } from '../shell/terminal.ts';
import { minuteText, noJobs, outcomeText, progressText, spanFacts } from '../shell/text.ts';
import { withState } from '../wiring.ts';
import { pendingLine } from './effects.ts';

/** Where one job stands. */
interface Standing {
  readonly name: string;
  /** Undefined when its file is wrong, or it is not configured any more. */
  readonly job: Job | undefined;
  readonly progress: Progress | undefined;
  /** Undefined of jobs without windows. */
  readonly collected: CollectedTime | undefined;
  readonly pending: readonly PendingSnapshot[];
  readonly deadLetters: number;
  readonly holder: LeaseHolder | undefined;
  readonly running: RunningRun | undefined;
  readonly lastRun: RunResult | undefined;
  /** What is not as it should be, each a sentence. */
  readonly warnings: readonly string[];
}

/** `state show`: what is remembered of jobs, also of those that are not configured any more. */
export async function showState(
  name: string | undefined,
  flags: { readonly json?: boolean },
  setting: Setting,
): Promise<ExitCode> {
  const { config, terminal } = setting;
  const clock = config.schedule.timezone;
  const standings = await withState(config, (state) => standingsOf(name, state, setting));
  if (flags.json === true) {
    await terminal.print(jsonText(standings.map(standingJson)));
  } else if (standings.length === 0) terminal.tell(noJobs(config));
  else await terminal.page(standings.map((standing) => standingText(standing, clock, terminal)).join('\n'));
  return worst([EXIT.success, ...setting.codesOfProblems(name === undefined ? [] : [name])]);
}

async function standingsOf(
  name: string | undefined,
  state: State,
  setting: Setting,
): Promise<readonly Standing[]> {
  const standings: Standing[] = [];
  for (const each of await namesOf(name, state, setting)) {
    standings.push(await standingOf(each, state, setting));
  }
  return standings;
}

async function namesOf(name: string | undefined, state: State, setting: Setting): Promise<readonly string[]> {
  const remembered = await state.jobs();
  if (name !== undefined) {
    return remembered.includes(name) ? [name] : selectJobs([name], false, setting).map((job) => job.name);
  }
  return [...new Set([...setting.config.jobs.map((job) => job.name), ...remembered])];
}

async function standingOf(name: string, state: State, { config }: Setting): Promise<Standing> {
  const job = config.jobs.find((each) => each.name === name);
  const progress = await state.progressOf(name);
  const [lastRun] = await state.runs({ job: name, limit: 1 });
  return {
    name,
    job,
    progress,
    collected: await collectedOf(job, state, progress),
    pending: await state.pendingOf(name),
    deadLetters: (await state.countDeadLetters()).get(name) ?? 0,
    holder: await state.holderOf(name),
    running: (await state.running()).get(name),
    lastRun,
    warnings: job === undefined ? [NO_JOB] : warningsOf(job, progress, config),
  };
}

async function collectedOf(
  job: Job | undefined,
  state: State,
  progress: Progress | undefined,
): Promise<CollectedTime | undefined> {
  if (job === undefined || !hasWindows(job)) return undefined;
  return collectedTime(job, await state.collectedOf(job.name), progress, Date.now());
}

const NO_JOB =
  'The job is not configured any more, or its file is wrong; state reset forgets where it stands, dead-letters ' +
  'discard its dead letters, state discard what is pending.';

function warningsOf(job: Job, progress: Progress | undefined, config: Config): string[] {
  const zone = config.databases[job.database]?.timezone ?? 'UTC';
  return [...futureWarning(job, progress, zone), ...idWarnings(job, progress, zone)];
}

function futureWarning(job: Job, progress: Progress | undefined, zone: string): string[] {
  const position = instantOfPosition(job, progress, zone);
  if (position === undefined || position <= Date.now()) return [];
  return [
    'The position is later than the clock of this machine: compare the clocks, then set it back with state set ' +
      `${job.name}.`,
  ];
}

function idWarnings(job: Job, progress: Progress | undefined, zone: string): string[] {
  const before = progress?.fingerprint;
  const complete = completedAsStored(job, before);
  const changes =
    before === undefined || complete === undefined
      ? []
      : changesBetween(before, fingerprintOf(complete, zone));
  if (changes.length === 0) return [];
  return [`The ids have changed, and no run goes on before state accept ${job.name}: ${changes.join('; ')}.`];
}

function standingText(standing: Standing, clock: string, terminal: Terminal): string {
  const { name: job, progress, deadLetters, lastRun, warnings } = standing;
  const zone = standing.job?.timezone ?? clock;
  const facts: readonly (readonly [string, string])[] = [
    ['position', positionText(standing, clock)],
    ...spanFacts('collected', standing.collected?.spans ?? [], zone, clock),
    ...spanFacts('gaps', standing.collected?.gaps ?? [], zone, clock),
    ...idFacts(progress).map((fact, index) => [index === 0 ? 'ids made of' : '', fact] as const),
    ['pending', pendingText(standing.pending, clock)],
    ...refusedOf(standing.pending).map((each) => ['', pendingLine(each, clock)] as const),
    ['dead letters', grouped(deadLetters)],
    ['run by', holderText(standing, clock)],
    ['last run', lastRunText(lastRun, clock, terminal)],
    ['times in', clock],
  ];
  const lines = facts.map(([name, value]) => `  ${name.padEnd(14)}${value}\n`);
  const stuck = refusedOf(standing.pending).length === 0 ? [] : [stuckWarning(job)];
  const gap = standing.collected?.gaps.at(-1);
  const missing = gap === undefined ? [] : [gapWarning(spanCommand(job, gap, zone))];
  const warned = [...stuck, ...missing, ...warnings].map(
    (warning) => `  ${terminal.style('yellow', '!')} ${warning}\n`,
  );
  return `${terminal.style('bold', job)}\n${lines.join('')}${warned.join('')}`;
}

function holderText({ holder, running }: Standing, clock: string): string {
  if (holder === undefined) return 'nobody';
  const soFar = running && runningText(running, Date.now());
  const since = `${holder.holder}, since ${minuteText(holder.since, clock)}`;
  return soFar === undefined ? since : `${since}: ${soFar}`;
}

const gapWarning = (command: string): string =>
  `No run collects gaps by itself; the newest is collected by \`${command}\`.`;

const stuckWarning = (job: string): string =>
  `Refused snapshots are tried again by each run; to give them up: state discard ${job}, with or without their number.`;

function positionText({ job, progress }: Standing, clock: string): string {
  const text = progressText(progress, job?.timezone ?? clock, clock);
  if (text === '–') return 'none: nothing is collected yet';
  if (progress?.cursor !== undefined) return `after the row (${text})`;
  return `${timeText(job)} ${text}`;
}

/** What it says of a job that it stands at a time. */
function timeText(job: Job | undefined): string {
  switch (job?.mode) {
    case 'window':
    case 'cursor':
    case undefined:
      return 'collected up to';
    case 'snapshot':
      return 'newest delivered snapshot of';
  }
}

/** `data_set: "carers-allowance/applications"` */
function idFacts(progress: Progress | undefined): string[] {
  if (progress?.fingerprint === undefined) return [];
  const facts = JSON.parse(progress.fingerprint) as Readonly<Record<string, unknown>>;
  return Object.entries(facts).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
}

function pendingText(pending: readonly PendingSnapshot[], clock: string): string {
  const [oldest] = pending;
  if (oldest === undefined) return 'none';
  const records = grouped(pending.reduce((sum, each) => sum + each.records, 0));
  const snapshots = pending.length === 1 ? 'one snapshot' : `${grouped(pending.length)} snapshots`;
  return `${records} records of ${snapshots}, the oldest taken ${minuteText(oldest.takenAt, clock)}`;
}

const refusedOf = (pending: readonly PendingSnapshot[]): readonly PendingSnapshot[] =>
  pending.filter(({ failure }) => failure !== undefined);

function lastRunText(run: RunResult | undefined, clock: string, terminal: Terminal): string {
  if (run === undefined) return 'none';
  const failure = run.failure === undefined ? '' : `: ${run.failure.message}`;
  return `${minuteText(run.startedAt, clock)}, ${outcomeText(run, terminal)}${failure}`;
}

const isoOrNull = (instant: number | undefined): string | null =>
  instant === undefined ? null : isoTime(instant);

function standingJson(standing: Standing) {
  const { name, progress, pending, deadLetters, holder, running, lastRun, warnings } = standing;
  return {
    job: name,
    collected_to: isoOrNull(progress?.collectedTo),
    cursor: progress?.cursor ?? null,
    ...collectedDocument(standing.collected),
    ids: progress?.fingerprint === undefined ? null : JSON.parse(progress.fingerprint),
    pending: {
      records: pending.reduce((sum, { records }) => sum + records, 0),
      snapshots: pending.length,
      oldest: isoOrNull(pending[0]?.takenAt),
      refused: refusedOf(pending).map(({ id, takenAt, records, failure }) => ({
        snapshot: id,
        taken_at: isoTime(takenAt),
        records,
        reason: failure,
      })),
    },
    dead_letters: deadLetters,
    run_by: holder === undefined ? null : { holder: holder.holder, since: isoTime(holder.since) },
    running: running === undefined ? null : runningDocument(running, Date.now()),
    last_run: lastRun === undefined ? null : runJson(lastRun),
    warnings,
  };
}
