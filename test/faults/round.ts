import { setTimeout as delay } from 'node:timers/promises';
import { CollectorProcess, type Ended } from './collector-process.ts';
import { causeDatabaseFault, prepareDatabaseFault } from './database-faults.ts';
import { FOREIGN_FILE, type Happening, type KillPhase, POOLER_DIED } from './fault-kinds.ts';
import { giveToCollector } from './foreign-file.ts';
import { holdFor, killAsPlanned } from './kill.ts';
import { Observations } from './observations.ts';
import type { RoundPlan } from './plan.ts';
import type { Stage } from './stage.ts';
import { writeConfig } from './workplace.ts';

/** Milliseconds after which a run hangs, on a machine that does many other things. */
const LONGEST_RUN = 240_000;
/** Exit codes of a run that has read its source. */
const READ: readonly (number | null)[] = [0, 7];
/** Milliseconds by which each answer of the database is held back. */
const SLOW_CONNECTION = 30;

export interface RoundReport {
  /** The run itself, then the rival's. */
  readonly ends: readonly [Ended, ...Ended[]];
  readonly happenings: readonly Happening[];
  /** What was sent to the run before it ended. */
  readonly signal: NodeJS.Signals | undefined;
  /** What came of the round, as a line for people. */
  readonly line: string;
}

/**
 * One run of the collector, and what is done to it; resolves when everything that was broken is repaired.
 *
 * @param plan undefined: nothing is done
 */
export async function runRound(
  stage: Stage,
  program: string,
  plan: RoundPlan | undefined,
): Promise<RoundReport> {
  const seen = new Observations();
  stage.seen = seen;
  const offsets = [plan?.clock?.first ?? 0, plan?.clock?.later ?? 0];
  stage.aheadBy = Math.max(stage.aheadBy, ...offsets);
  stage.wasBehind ||= offsets.some((offset) => offset < 0);
  stage.host.plan(plan?.writeFaults ?? [], seen, holdFor(plan?.kill));
  writeConfig(stage.folder, stage.plan, stage.addresses, plan);
  const standing = prepareDatabaseFault(plan?.databaseFault, stage);
  // Connecting is over in a moment: a kill would hardly ever hit it.
  if (plan?.kill?.aim === 'connecting') stage.proxy?.slowDown(SLOW_CONNECTION);
  const { command = 'run', clock, day, hasFullLog = false } = plan ?? {};
  const { isForeignFile } = stage.plan;
  if (isForeignFile) giveToCollector(stage.folder);
  const circumstance = { clock, hasFullLog, day, isOtherUser: isForeignFile };
  const start = (what = command) =>
    new CollectorProcess(program, stage.folder, LONGEST_RUN, what, circumstance);
  const collector = start();
  const fault = plan?.databaseFault && causeDatabaseFault(plan.databaseFault, stage, seen, collector);
  const kill = plan?.kill && killAsPlanned(plan.kill, stage.plan.database, seen, collector);
  const rival =
    plan?.rival === undefined
      ? undefined
      : delay(plan.rival).then(() => start(command === 'repair' ? 'run' : command).ended);
  const writers = Promise.all((plan?.writers ?? []).map((writer) => stage.writers.write(writer)));
  const ended = await collector.ended;
  const rivalEnded = await rival;
  await fault;
  standing.undo();
  stage.proxy?.slowDown(0);
  if (plan?.databaseFault && standing.wasMet([ended.code, rivalEnded?.code]))
    seen.happened(plan.databaseFault.kind);
  const phase = await kill;
  noteEnds(seen, ended, rivalEnded, phase);
  if (clock !== undefined && ended.endedAt - ended.startedAt > clock.after) seen.happened(clock.kind);
  if (isForeignFile && command === 'run' && READ.includes(ended.code)) seen.happened(FOREIGN_FILE);
  if (hasFullLog) seen.happened('log disk full');
  if (await stage.source.revivePooler()) seen.happened(POOLER_DIED);
  const written = await writers;
  for (const events of written)
    if (typeof events !== 'string') for (const event of events) seen.happened(event);
  await stage.host.recovered();
  return {
    ends: rivalEnded === undefined ? [ended] : [ended, rivalEnded],
    signal: phase && plan?.kill?.signal,
    happenings: seen.happenings,
    line: lineOf(plan, ended, rivalEnded, seen, written),
  };
}

/** @param phase what the run was about when a signal was sent to it */
function noteEnds(
  seen: Observations,
  ended: Ended,
  rival: Ended | undefined,
  phase: KillPhase | undefined,
): void {
  if (phase !== undefined && ended.signal === 'SIGKILL') seen.happened(`killed while ${phase}`);
  if (phase !== undefined && (ended.signal === 'SIGTERM' || ended.code === 143))
    seen.happened('stopped by SIGTERM');
  if (rival !== undefined && (rival.code === 9) !== (ended.code === 9))
    seen.happened('rival run turned away');
}

function lineOf(
  plan: RoundPlan | undefined,
  ended: Ended,
  rival: Ended | undefined,
  seen: Observations,
  written: readonly unknown[],
): string {
  const wanted = [
    ...(plan?.writeFaults ?? []).map(({ kind, request }) => `${kind} at request ${request}`),
    ...(plan?.databaseFault ? [`${plan.databaseFault.kind} after ${plan.databaseFault.after}`] : []),
    ...(plan?.kill
      ? [`${plan.kill.signal} when ${plan.kill.aim} (${plan.kill.at}, +${Math.round(plan.kill.delay)} ms)`]
      : []),
    ...(plan?.clock
      ? [`${plan.clock.kind}: ${plan.clock.first}, after ${plan.clock.after} ms ${plan.clock.later}`]
      : []),
    ...(plan?.hasFullLog ? ['log disk full'] : []),
  ];
  const failed = written.filter((events) => typeof events === 'string');
  return [
    `ended with ${ended.code ?? ended.signal} after ${ended.endedAt - ended.startedAt} ms and ${seen.begun} requests`,
    ...(rival ? [`a rival ended with ${rival.code ?? rival.signal}`] : []),
    `planned: ${plan?.command ?? 'run'}${plan?.day ? ` of ${plan.day}` : ''}; ${wanted.join('; ') || 'nothing'}`,
    `happened: ${seen.happenings.join('; ') || 'nothing'}`,
    ...failed.map((error) => `a writer failed: ${error}`),
  ].join(' | ');
}
