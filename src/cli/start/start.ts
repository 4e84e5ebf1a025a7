import { setTimeout as wait } from 'node:timers/promises';
import { isoTime } from '../../calendar/date-time.ts';
import { watchState } from '../../daemon/watch-state.ts';
import { log } from '../../observe/logger.ts';
import { MESSAGES } from '../../observe/messages/catalogue.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import { type GlobalFlags, readSetting, type Setting, tellProblemsOf } from '../shell/setting.ts';
import { type StopSignals, withStop } from '../shell/stop-signals.ts';
import type { Terminal } from '../shell/terminal.ts';
import { version } from '../shell/version.ts';
import { openState } from '../wiring.ts';
import { assembleDaemon } from './daemon-parts.ts';
import { tellProblemsToLog } from './daemon-reports.ts';
import { listenForReload } from './reload-signals.ts';
import { openStatus } from './status-address.ts';

export interface StartFlags {
  readonly watch?: boolean;
  /** Seconds. */
  readonly grace: number;
}

/** `start`: the daemon, until a signal ends it. */
export async function start(flags: StartFlags, globals: GlobalFlags, terminal: Terminal): Promise<ExitCode> {
  return withStop(async (stop) => {
    const read = await readSetting(globals, terminal);
    if (read.setting === undefined) {
      tellProblemsOf(read, terminal);
      return EXIT.configuration;
    }
    tellProblemsToLog(read.setting.logger, read.problems, read.setting.rejectedJobs);
    await runDaemon(read.setting, flags, globals, stop);
    return stop.exitCode() ?? EXIT.success;
  });
}

/** Runs the jobs of a setting until it is told to stop. @param onReady told the address of the status page */
export async function runDaemon(
  setting: Setting,
  flags: StartFlags,
  globals: GlobalFlags,
  stop: StopSignals,
  onReady: (address: string | undefined) => void = () => undefined,
): Promise<void> {
  const { config, logger } = setting;
  const state = openState(config);
  const { daemon, view, metrics } = assembleDaemon(setting, state, flags.grace * 1_000, globals);
  const status = await openStatus(config.http, view, metrics, logger).catch(async (error: unknown) => {
    await state.close();
    throw error;
  });
  const unwatch = watchState(state, {
    lost: ({ message, ...error }) =>
      log(logger, MESSAGES.stateLost, {
        reason: message,
        remedy: 'remedy' in error ? error.remedy : undefined,
      }),
    back: () => log(logger, MESSAGES.stateBack, {}),
  });
  const reloads = listenForReload(daemon, metrics, setting, flags.watch === true);
  try {
    await daemon.start();
    const next = daemon.nextTick();
    log(logger, MESSAGES.daemonStarted, {
      version,
      jobs: config.jobs.length,
      ...(next === undefined ? {} : { next: isoTime(next) }),
      http: status?.address ?? 'off',
    });
    onReady(status?.address);
    await aborted(stop.signal);
    log(logger, MESSAGES.daemonStopping, { reason: String(stop.signal.reason?.message ?? '') });
  } finally {
    reloads.close();
    unwatch();
    const stopped = daemon.stop(stop.signal.reason ?? new Error('stopped')).then(() => true);
    const inTime = await Promise.race([stopped, wait(flags.grace * 1_000, false, { ref: false })]);
    await status?.close();
    await state.close();
    log(logger, MESSAGES.daemonStopped, { in_time: inTime });
    // What has not ended by now, e.g. a database that does not answer, must not keep the process.
    if (!inTime) process.exit(stop.exitCode() ?? EXIT.success);
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
