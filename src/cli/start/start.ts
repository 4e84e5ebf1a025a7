import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isoTime } from '../../calendar/date-time.ts';
import type { Config } from '../../config/config.ts';
import { watchState } from '../../daemon/watch-state.ts';
import type { State } from '../../model/state.ts';
import { log } from '../../observe/logger.ts';
import { MESSAGES } from '../../observe/messages/catalogue.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { DaemonView } from '../../status/daemon-view.ts';
import { createPages } from '../../status/pages/create-pages.ts';
import { createStatusServer } from '../../status/status-server.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import { ListenError, shownHost } from '../shell/listen-error.ts';
import { type GlobalFlags, readSetting, type Setting, tellProblemsOf } from '../shell/setting.ts';
import { type StopSignals, withStop } from '../shell/stop-signals.ts';
import type { Terminal } from '../shell/terminal.ts';
import { version } from '../shell/version.ts';
import { openState } from '../wiring.ts';
import { assembleDaemon } from './daemon-parts.ts';
import { listenForReload, tellProblemsToLog } from './reload.ts';
import { openSchedule } from './schedule.ts';

/** The status page and what belongs to it, where they listen. */
interface StatusAddress {
  /** `http://127.0.0.1:9464` */
  readonly address: string;
  close(): Promise<void>;
}

const LISTEN_ELSEWHERE =
  'Set http.listen to another host and port, or to off; or end the process that is there.';

/** Serves health, metrics and pages as `http` says; undefined when that is off. Throws a Failure. */
async function openStatus(
  { listen, token, allowed_hosts: allowedHosts }: Config['http'],
  view: DaemonView,
  metrics: Metrics,
  logger: Logger,
): Promise<StatusAddress | undefined> {
  if (listen === undefined) return undefined;
  const pages = createPages(view, { canRunNow: token !== undefined });
  const options = { token: token?.reveal(), listen: listen.host, allowedHosts, metrics, pages, logger };
  const server = await createStatusServer(view, options);
  try {
    await server.listen({ ...listen });
  } catch (error) {
    throw new ListenError(listen, error, LISTEN_ELSEWHERE);
  }
  const { port } = server.server.address() as AddressInfo;
  return { address: `http://${shownHost(listen.host)}:${port}`, close: () => server.close() };
}

interface StartFlags {
  readonly watch?: boolean;
  /** Seconds. */
  readonly grace: number;
}

/** `start`: the daemon, until a signal ends it. */
export async function start(flags: StartFlags, globals: GlobalFlags, terminal: Terminal): Promise<ExitCode> {
  return withStop(async (stop) => {
    const loaded = await readSetting(globals, terminal);
    if (loaded.setting === undefined) {
      tellProblemsOf(loaded, terminal);
      return EXIT.configuration;
    }
    tellProblemsToLog(loaded.setting.logger, loaded.problems, loaded.setting.rejectedJobs);
    await runDaemon(loaded.setting, flags, stop);
    return stop.exitCode() ?? EXIT.success;
  });
}

/** Runs the jobs of a setting until it is told to stop. @param onReady told the address of the status page */
export async function runDaemon(
  setting: Setting,
  flags: StartFlags,
  stop: StopSignals,
  onReady: (address: string | undefined) => void = () => undefined,
): Promise<void> {
  const { config, logger } = setting;
  const state = await openState(config);
  const schedule = await openSchedule(config, state, logger);
  const { daemon, view, metrics } = assembleDaemon(setting, state, schedule, flags.grace * 1_000);
  const status = await openStatus(config.http, view, metrics, logger).catch(async (error: unknown) => {
    await state.close();
    throw error;
  });
  // Replicas look after the same database all the time, and tell when they cannot take part.
  const unwatch = daemon.isShared ? () => undefined : tellOfState(state, logger);
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

/** Tells the log when the state cannot be used, and when it can again. Returns what stops it. */
function tellOfState(state: State, logger: Logger): () => void {
  return watchState(state, {
    lost: ({ message, ...error }) =>
      log(logger, MESSAGES.stateLost, {
        reason: message,
        remedy: 'remedy' in error ? error.remedy : undefined,
      }),
    back: () => log(logger, MESSAGES.stateBack, {}),
  });
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
