import type { Logger } from 'pino';
import type { RejectedJob } from '../../config/load-jobs.ts';
import { formatProblem, type Problem } from '../../config/problem.ts';
import type { Daemon, Reload } from '../../daemon/daemon.ts';
import { measuredJobs } from '../../daemon/gauges.ts';
import { watchFiles } from '../../daemon/watch-files.ts';
import { logDefect } from '../../observe/log-events.ts';
import { log } from '../../observe/logger.ts';
import { MESSAGES } from '../../observe/messages/catalogue.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { Setting } from '../shell/setting.ts';

/** A log line is no place for more. */
const MOST_MISTAKES = 20;

/** Tells the log what is wrong with the files of a configuration that is in force. */
export function tellProblemsToLog(
  logger: Logger,
  problems: readonly Problem[],
  rejectedJobs: readonly RejectedJob[],
): void {
  for (const { name, file, problems } of rejectedJobs) {
    log(logger, MESSAGES.jobRejected, { job: name, file, mistakes: lines(problems) });
  }
  for (const problem of problems.filter(({ severity }) => severity === 'warning')) {
    log(logger, MESSAGES.configWarning, { mistake: lineOf(problem) });
  }
}

/** Tells the log what came of a reload. */
function tellReloadToLog(logger: Logger, { isInForce, problems, afterRestart }: Reload): void {
  if (isInForce) {
    log(logger, MESSAGES.configReloaded, { after_restart: afterRestart });
    tellProblemsToLog(logger, problems, []);
  } else {
    const errors = problems.filter(({ severity }) => severity === 'error');
    log(logger, MESSAGES.configReloadRefused, { count: errors.length, mistakes: lines(errors) });
  }
}

const lines = (problems: readonly Problem[]): string[] => problems.slice(0, MOST_MISTAKES).map(lineOf);

const lineOf = (problem: Problem): string => formatProblem(problem, { code: true });

/** Reloads the configuration at SIGHUP and, if that is wanted, when its files change. */
export function listenForReload(
  daemon: Daemon,
  metrics: Metrics,
  setting: Setting,
  isWatching: boolean,
): { close(): void } {
  const { logger } = setting;
  let last: Promise<void> = Promise.resolve();
  const reload = () => {
    const next = last.then(async () => {
      const result = await daemon.reload();
      metrics.reloaded(result.isInForce && daemon.unplannedJobs().length === 0);
      // The connections are new, and so is what is known of the write host.
      if (result.isInForce) metrics.hostUp();
      metrics.setJobs(measuredJobs(daemon));
      tellReloadToLog(logger, result);
    });
    // One that fails must not keep the next one from being tried.
    last = next.catch((error: unknown) => logDefect(logger, error));
  };
  process.on('SIGHUP', reload);
  const { config, paths } = setting;
  const unwatch = isWatching ? watchFiles(paths, config.collectors, reload) : () => undefined;
  return {
    close() {
      process.off('SIGHUP', reload);
      unwatch();
    },
  };
}
