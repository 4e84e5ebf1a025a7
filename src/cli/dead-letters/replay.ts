import { failureOf } from '../../collect/failures.ts';
import { type Replay, replayDeadLetters } from '../../collect/replay-dead-letters.ts';
import type { RunObserver } from '../../model/run-event.ts';
import type { State } from '../../model/state.ts';
import { logRuns } from '../../observe/log-runs.ts';
import { EXIT, type ExitCode, exitCodeOfError, worst } from '../shell/exit-codes.ts';
import type { Setting } from '../shell/setting.ts';
import { listenForStop } from '../shell/stop-signals.ts';
import type { Terminal } from '../shell/terminal.ts';
import { bytesText, durationText, remedyText, table } from '../shell/text.ts';
import { openState, Stations } from '../wiring.ts';
import { selectLetters } from './select.ts';
import { letterJson } from './text.ts';

/** What a replay of one job's letters needs. */
interface Replaying {
  readonly setting: Setting;
  readonly state: State;
  readonly stations: Stations;
  readonly observer: RunObserver;
  readonly signal: AbortSignal;
}

/** `dead-letters replay`: sends them again, and tells which arrived. */
export async function replayLetters(
  names: readonly (string | undefined)[],
  flags: { readonly json?: boolean },
  setting: Setting,
): Promise<ExitCode> {
  const { config, terminal } = setting;
  const stop = listenForStop();
  const state = openState(config);
  const stations = new Stations(setting);
  const replays: Replay[] = [];
  const codes: ExitCode[] = [];
  try {
    const { letters, id } = await selectLetters(names, state, setting);
    const replaying = { setting, state, stations, observer: logRuns(setting.logger), signal: stop.signal };
    for (const job of new Set(letters.map((letter) => letter.job))) {
      if (stop.signal.aborted) break;
      const replay = await replayJob(job, id, replaying, codes);
      if (replay !== undefined) replays.push(replay);
    }
  } finally {
    await stations.close();
    await state.close();
    stop.release();
  }
  await tellReplays(replays, flags.json === true, terminal);
  const isPartial = replays.some(({ kept }) => kept.length > 0);
  return stop.exitCode() ?? worst([...codes, ...(isPartial ? [EXIT.partial] : [])]);
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
    const { target, clock, limits } = stations.routeOf(job);
    const options = { state, observer, now: Date.now, target, clock, limits, id };
    return await replayDeadLetters(job, options, signal);
  } catch (error) {
    const { message, remedy } = failureOf(error);
    if (!signal.aborted) terminal.tell(`${name}: ${message}\n${remedyText(remedy)}`);
    codes.push(exitCodeOfError(error));
    return undefined;
  }
}

async function tellReplays(replays: readonly Replay[], asJson: boolean, terminal: Terminal): Promise<void> {
  if (asJson) {
    const jobs = replays.map(({ result, kept }) => ({
      job: result.job,
      sent: result.records,
      still_refused: kept.map((letter) => letterJson(letter, false)),
    }));
    await terminal.print(`${JSON.stringify(jobs, null, 2)}\n`);
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
  const head = ['job', 'sent', 'still refused', 'requests', 'bytes', 'time'];
  if (rows.length > 0) await terminal.print(table(head, rows));
  else terminal.tell('no dead letters were replayed\n');
  for (const { id, job, reason, remedy } of replays.flatMap(({ kept }) => kept)) {
    terminal.tell(`\n${job} ${id}: ${reason}\n${remedyText(remedy)}`);
  }
}
