import type { Logger } from 'pino';
import type { RunCounts, RunObserver, RunResult } from '../collect/interfaces.ts';
import { log } from './logger.ts';
import { MESSAGES } from './messages.ts';

/** Tells the log what runs do. */
export function logRuns(logger: Logger): RunObserver {
  return {
    runStarted(job, run, windows) {
      log(logger, MESSAGES.runStarted, { job, run, windows });
    },
    windowAcknowledged(job, run, window, counts) {
      log(logger, MESSAGES.windowAcknowledged, { job, run, window: isoWindow(window), ...countsOf(counts) });
    },
    idsNoLongerCompared(job, run) {
      log(logger, MESSAGES.idsNoLongerCompared, { job, run });
    },
    runEnded(run, result) {
      const { job, outcome, failure } = result;
      const seconds = (result.endedAt - result.startedAt) / 1_000;
      if (failure === undefined) {
        log(logger, MESSAGES.runEnded, { job, run, outcome, seconds, ...countsOf(result) });
      } else {
        log(logger, MESSAGES.runFailed, { job, run, seconds, ...failureOf(failure), ...countsOf(result) });
      }
    },
  };
}

const isoWindow = ({ from, to }: { from: number; to: number }) =>
  [from, to].map((instant) => new Date(instant).toISOString().replace('.000Z', 'Z')).join('/');

const countsOf = ({ rows, records, requests, bytesSent }: RunCounts) => ({
  rows,
  records,
  requests,
  bytesSent,
});

const failureOf = ({ side, message, remedy }: NonNullable<RunResult['failure']>) => ({
  side,
  reason: message,
  remedy,
});
