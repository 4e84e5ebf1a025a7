import type { Logger } from 'pino';
import type { RunCounts, RunResult } from '../model/run.ts';
import type { RunObserver } from '../model/run-observer.ts';
import { DEAD_LETTER_MESSAGES } from './dead-letter-messages.ts';
import { log } from './logger.ts';
import { MESSAGES } from './messages.ts';

/** Tells the log what runs do. */
export function logRuns(logger: Logger): RunObserver {
  return {
    runStarted(job, run, windows) {
      log(logger, MESSAGES.runStarted, { job, run, ...(windows === undefined ? {} : { windows }) });
    },
    windowAcknowledged(job, run, window, counts) {
      log(logger, MESSAGES.windowAcknowledged, { job, run, window: isoWindow(window), ...countsOf(counts) });
    },
    cursorAcknowledged(job, run, cursor, counts) {
      const position = cursor.map(({ text }) => text);
      log(logger, MESSAGES.cursorAcknowledged, { job, run, cursor: position, ...countsOf(counts) });
    },
    snapshotAcknowledged(job, run, takenAt, counts) {
      log(logger, MESSAGES.snapshotAcknowledged, { job, run, taken_at: iso(takenAt), ...countsOf(counts) });
    },
    deadLetter(job, run, { cause, reason, remedy, key }) {
      log(logger, DEAD_LETTER_MESSAGES[cause], { job, run, reason, remedy, key });
    },
    rowsOverlooked(job, run, { text, remedy }) {
      log(logger, MESSAGES.rowsOverlooked, { job, run, reason: text, remedy });
    },
    positionInFuture(job, run, position, ahead) {
      log(logger, MESSAGES.positionInFuture, {
        job,
        run,
        position,
        seconds_ahead: Math.round(ahead / 1_000),
      });
    },
    pendingExpired(job, run, records) {
      log(logger, MESSAGES.pendingExpired, { job, run, records });
    },
    idsNoLongerCompared(job, run) {
      log(logger, MESSAGES.idsNoLongerCompared, { job, run });
    },
    runEnded(run, result) {
      const { job, outcome, failure } = result;
      const seconds = (result.endedAt - result.startedAt) / 1_000;
      if (outcome === 'skipped') {
        log(logger, MESSAGES.runSkipped, { job, reason: failure?.message, remedy: failure?.remedy });
      } else if (failure === undefined) {
        log(logger, MESSAGES.runEnded, { job, run, outcome, seconds, ...countsOf(result) });
      } else {
        log(logger, MESSAGES.runFailed, { job, run, seconds, ...failureOf(failure), ...countsOf(result) });
      }
    },
  };
}

const iso = (instant: number) => new Date(instant).toISOString().replace('.000Z', 'Z');
const isoWindow = ({ from, to }: { from: number; to: number }) => `${iso(from)}/${iso(to)}`;

const countsOf = ({ rows, records, deadLetters, requests, bytesSent }: RunCounts) => ({
  rows,
  records,
  dead_letters: deadLetters,
  requests,
  bytes_sent: bytesSent,
});

const failureOf = ({ side, message, remedy }: NonNullable<RunResult['failure']>) => ({
  side,
  reason: message,
  remedy,
});
