import type { Logger } from 'pino';
import type { RejectedJob } from '../../config/load-jobs.ts';
import { formatProblem, type Problem } from '../../config/problem.ts';
import type { Reload } from '../../daemon/daemon.ts';
import { log } from '../../observe/logger.ts';
import { MESSAGES } from '../../observe/messages/catalogue.ts';

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
    log(logger, MESSAGES.configWarning, { mistake: formatProblem(problem) });
  }
}

/** Tells the log what came of a reload. */
export function tellReloadToLog(logger: Logger, { isInForce, problems, afterRestart }: Reload): void {
  if (isInForce) {
    log(logger, MESSAGES.configReloaded, { after_restart: afterRestart });
    tellProblemsToLog(logger, problems, []);
  } else {
    const errors = problems.filter(({ severity }) => severity === 'error');
    log(logger, MESSAGES.configReloadRefused, { count: errors.length, mistakes: lines(errors) });
  }
}

const lines = (problems: readonly Problem[]): string[] =>
  problems.slice(0, MOST_MISTAKES).map((problem) => formatProblem(problem));
