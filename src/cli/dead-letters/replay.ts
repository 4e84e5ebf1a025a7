import { failureOf } from '../../collect/failures.ts';
import { type Replay, replayDeadLetters } from '../../collect/replay-dead-letters.ts';
import type { RunObserver } from '../../model/run-event.ts';
import type { State } from '../../model/state.ts';
import { logRuns } from '../../observe/log-events.ts';
import { bytesText } from '../../words/counts.ts';
import { durationText } from '../../words/durations.ts';
import { EXIT, type ExitCode, exitCodeOfError, worst } from '../shell/exit-codes.ts';
import { jsonText } from '../shell/json.ts';
import { screenLog } from '../shell/screen-log.ts';
import type { Setting } from '../shell/setting.ts';
import { type ShowingFlags, showingOf } from '../shell/showing.ts';
import { withStop } from '../shell/stop-signals.ts';
import { table } from '../shell/table.ts';
import type { Terminal } from '../shell/terminal.ts';
import { afterMessage, remedyText } from '../shell/text.ts';
import { type ConfiguredStations, withState, withStations } from '../wiring.ts';
import { selectLetters } from './select.ts';
import { letterJson } from './show.ts';

interface ReplayFlags extends ShowingFlags {
  readonly json?: boolean;
}

/** What a replay of one job's letters needs. */
interface Replaying {
  readonly setting: Setting;
  readonly state: State;
  readonly stations: ConfiguredStations;
  readonly observer: RunObserver;
  readonly signal: AbortSignal;
}

/** `dead-letters replay`: sends them again, and tells which arrived. */
export async function replayLetters(
  names: readonly (string | undefined)[],
  flags: ReplayFlags,
  setting: Setting,
): Promise<ExitCode> {
  const { terminal } = setting;
  const { logger } = showingOf(flags, terminal).log ? setting : await screenLog(terminal);
  const observer = logRuns(logger);
  const codes: ExitCode[] = [];
  const { replays, stopped } = await withStop(async (stop) => {
    const { signal } = stop;
    const replays = await withState(setting.config, (state) =>
      withStations({ ...setting, logger }, (stations) =>
        replayJobs(names, { setting, state, stations, observer, signal }, codes),
      ),
    );
    return { replays, stopped: stop.exitCode() };
  });
  await tellReplays(replays, flags.json === true, terminal);
  const isPartial = replays.some(({ kept }) => kept.length > 0);
  return stopped ?? worst([...codes, ...(isPartial ? [EXIT.partial] : [])]);
}

async function replayJobs(
  names: readonly (string | undefined)[],
  replaying: Replaying,
  codes: ExitCode[],
): Promise<readonly Replay[]> {
  const replays: Replay[] = [];
  const { letters, id } = await selectLetters(names, replaying.state, replaying.setting);
  for (const job of new Set(letters.map((letter) => letter.job))) {
    if (replaying.signal.aborted) break;
    const replay = await replayJob(job, id, replaying, codes);
    if (replay !== undefined) replays.push(replay);
  }
  return replays;
}

/** A failure is told and leaves its exit code, so that the other jobs have their turn. */
async function replayJob(
  name: string,
  id: number | undefined,
  { setting, state, stations, observer, signal }: Replaying,
  codes: ExitCode[],
): Promise<Replay | undefined> {
  const { config, terminal } = setting;
  const job = config.jobs.find((each) => each.name === name);
  if (job === undefined) {
    terminal.tell(`${name}: there is no such job any more, or its file is wrong\n`);
    terminal.tell(remedyText(`Put its file in order, or run dead-letters discard ${name}.`));
    codes.push(EXIT.configuration);
    return undefined;
  }
  try {
    const { target, localTime, limits } = stations.routeOf(job);
    const options = { state, observer, now: Date.now, target, localTime, limits, id };
    return await replayDeadLetters(job, options, signal);
  } catch (error) {
    const failure = failureOf(error);
    if (!signal.aborted) terminal.tell(`${name}: ${failure.message}\n${afterMessage(failure)}`);
    codes.push(exitCodeOfError(error));
    return undefined;
  }
}

const COLUMNS = [
  'job',
  'sent',
  'still refused',
  { name: 'requests', worth: 1 },
  { name: 'bytes', worth: 2 },
  { name: 'time', worth: 3 },
] as const;

async function tellReplays(replays: readonly Replay[], asJson: boolean, terminal: Terminal): Promise<void> {
  if (asJson) {
    const jobs = replays.map(({ result, kept }) => ({
      job: result.job,
      sent: result.records,
      still_refused: kept.map((letter) => letterJson(letter, false)),
    }));
    await terminal.print(jsonText(jobs));
    return;
  }
  const rows = replays.map(({ result, kept }) => [
    result.job,
    result.records,
    kept.length,
    result.requests,
    bytesText(result.bytesSent),
    durationText(result.endedAt - result.startedAt),
  ]);
  if (rows.length > 0) await terminal.print(table(COLUMNS, rows, terminal.width));
  else terminal.tell('no dead letters were replayed\n');
  for (const { id, job, reason, remedy } of replays.flatMap(({ kept }) => kept)) {
    terminal.tell(`\n${job} ${id}: ${reason}\n${remedyText(remedy)}`);
  }
}
