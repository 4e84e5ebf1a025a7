import type { Logger } from 'pino';
import { isoTime } from '../calendar/date-time.ts';
import type { RunCounts, RunResult } from '../model/run.ts';
import type { RunObserver } from '../model/run-event.ts';
import type { VanishedRecords } from '../model/sent-records.ts';
import { differencesOf, type RememberedVerification } from '../model/verification.ts';
import type { ScheduleObserver } from '../schedule/scheduler-interface.ts';
import { log } from './logger.ts';
import { DEAD_LETTER_MESSAGES, MESSAGES } from './messages/catalogue.ts';
import type { Message } from './messages/message.ts';

/** Tells the log what runs do. */
export function logRuns(logger: Logger): RunObserver {
  return (event) => {
    if (event.kind === 'run-ended') return logEnd(logger, event.run, event.result);
    if (event.kind === 'verified') return logVerified(logger, event.verification);
    const { job, run } = event;
    switch (event.kind) {
      case 'run-started': {
        const { windows } = event;
        return log(logger, MESSAGES.runStarted, { job, run, ...(windows === undefined ? {} : { windows }) });
      }
      case 'window-acknowledged': {
        const window = isoWindow(event.window);
        return log(logger, MESSAGES.windowAcknowledged, { job, run, window, ...countsOf(event.counts) });
      }
      case 'cursor-acknowledged': {
        const cursor = event.cursor.map(({ text }) => text);
        return log(logger, MESSAGES.cursorAcknowledged, { job, run, cursor, ...countsOf(event.counts) });
      }
      case 'snapshot-acknowledged': {
        const taken_at = iso(event.takenAt);
        return log(logger, MESSAGES.snapshotAcknowledged, { job, run, taken_at, ...countsOf(event.counts) });
      }
      case 'dead-letter': {
        const { cause, reason, remedy, key } = event.letter;
        return log(logger, DEAD_LETTER_MESSAGES[cause], { job, run, reason, remedy, key });
      }
      case 'rows-overlooked': {
        const { text: reason, remedy } = event.finding;
        return log(logger, MESSAGES.rowsOverlooked, { job, run, reason, remedy });
      }
      case 'rows-unexpected': {
        const { reason, remedy } = event;
        const window = event.window && isoWindow(event.window);
        return log(logger, MESSAGES.rowsUnexpected, { job, run, ...(window && { window }), reason, remedy });
      }
      case 'unusual-figures': {
        const { amount, usual, isHeld } = event;
        const message = isHeld ? MESSAGES.heldBack : MESSAGES.unusualFigures;
        const [period, compared] = [iso(event.period), event.compared.map(iso)];
        return log(logger, message, { job, run, period, amount, usual, compared });
      }
      case 'late-at-end': {
        const { appeared, changed, vanished } = event;
        return log(logger, MESSAGES.lateAtEnd, {
          ...{ job, run, period: iso(event.period) },
          ...{ appeared, changed, vanished },
        });
      }
      case 'rows-behind': {
        const positions = event.positions.map((each) => `(${each.map(({ text }) => text).join(', ')})`);
        const late = event.late === 0 ? {} : { seconds_late: Math.ceil(event.late / 1_000) };
        return log(logger, MESSAGES.rowsBehind, { job, run, rows: event.behind, positions, ...late });
      }
      case 'unknown-measure':
        return log(logger, MESSAGES.unknownMeasure, { job, run, reason: event.reason, remedy: event.remedy });
      case 'counts-not-known':
        return log(logger, MESSAGES.countsNotKnown, { job, run, reason: event.reason });
      case 'data-set-lost': {
        const [first, last] = [event.periods[0], event.periods.at(-1)].map(
          (each) => each && iso(each.period),
        );
        const of = (kind: 'sent' | 'found') => event.periods.reduce((sum, each) => sum + each[kind], 0);
        const periods = event.periods.length;
        const found = { periods, first, last, sent: of('sent'), found: of('found') };
        return log(logger, MESSAGES.dataSetLost, { job, run, ...found });
      }
      case 'records-vanished': {
        const { removed, reason } = event;
        const periods = Object.fromEntries(event.periods.map((each) => [iso(each.period), each.records]));
        const more = { ...(event.fate === 'removed' && { removed }), ...(reason && { reason }) };
        return log(logger, VANISHED_MESSAGES[event.fate], { job, run, periods, ...more });
      }
      case 'end-not-stored':
        return log(logger, MESSAGES.endNotStored, { job, run, reason: event.reason, remedy: event.remedy });
      case 'position-in-future': {
        const { position, ahead } = event;
        const seconds_ahead = Math.round(ahead / 1_000);
        return log(logger, MESSAGES.positionInFuture, { job, run, position, seconds_ahead });
      }
      case 'pending-expired':
        return log(logger, MESSAGES.pendingExpired, { job, run, records: event.records });
      case 'ids-no-longer-compared':
        return log(logger, MESSAGES.idsNoLongerCompared, { job, run });
      default:
        event satisfies never;
    }
  };
}

const VANISHED_MESSAGES = {
  kept: MESSAGES.vanished,
  removed: MESSAGES.vanishedRemoved,
  'not-removed': MESSAGES.vanishedNotRemoved,
} as const satisfies Record<VanishedRecords['fate'], Message>;

function logEnd(logger: Logger, run: number | undefined, result: RunResult): void {
  const { job, outcome, failure } = result;
  const seconds = (result.endedAt - result.startedAt) / 1_000;
  if (outcome === 'skipped') {
    log(logger, MESSAGES.runSkipped, { job, reason: failure?.message, remedy: failure?.remedy });
  } else if (failure === undefined) {
    log(logger, MESSAGES.runEnded, { job, run, outcome, seconds, ...countsOf(result) });
  } else {
    log(logger, MESSAGES.runFailed, { job, run, seconds, ...failureOf(failure), ...countsOf(result) });
  }
}

function logVerified(logger: Logger, { job, startedAt, endedAt, outcome }: RememberedVerification): void {
  const seconds = (endedAt - startedAt) / 1_000;
  if (outcome.compared === 'nothing') {
    log(logger, MESSAGES.verificationFailed, { job, seconds, ...failureOf(outcome.failure) });
    return;
  }
  const message = differencesOf(outcome) === 0 ? MESSAGES.verified : MESSAGES.verifiedDifferent;
  const { compared, source: records, setAside: set_aside } = outcome;
  const found =
    outcome.compared === 'records'
      ? { missing: outcome.missing, different: outcome.different, extra: outcome.extra }
      : { days: outcome.days, days_different: outcome.differing };
  log(logger, message, { job, seconds, compared, records, ...found, set_aside });
}

const iso = (instant: number) => isoTime(instant).replace('.000Z', 'Z');
const isoWindow = ({ from, to }: { from: number; to: number }) => `${iso(from)}/${iso(to)}`;

const countsOf = ({ rows, records, unchanged, vanished, deadLetters, requests, bytesSent }: RunCounts) => ({
  rows,
  records,
  unchanged,
  vanished,
  dead_letters: deadLetters,
  requests,
  bytes_sent: bytesSent,
});

const failureOf = ({ side, message, remedy }: NonNullable<RunResult['failure']>) => ({
  side,
  reason: message,
  remedy,
});

/** Tells the log what becomes of ticks. */
export function logSchedule(logger: Logger): ScheduleObserver {
  return {
    ticksSkipped: (job, { count, latest, because }) =>
      log(logger, MESSAGES.ticksSkipped, { job, ticks: count, latest: isoTime(latest), because }),
    ticksMissed: (job, { count, latest }) =>
      log(logger, MESSAGES.ticksMissed, { job, ticks: count, latest: isoTime(latest) }),
    startedLate: (job, tick, lag) =>
      log(logger, MESSAGES.startedLate, { job, tick: isoTime(tick), seconds: Math.round(lag / 1_000) }),
    clockSetBack: (from, to) => log(logger, MESSAGES.clockSetBack, { from: isoTime(from), to: isoTime(to) }),
    cannotSchedule: (job, error) => log(logger, MESSAGES.cannotSchedule, { job, reason: reasonOf(error) }),
    startThrew: (job, error) => logDefect(logger, error, { job }),
  };
}

export function logDefect(
  logger: Logger,
  error: unknown,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  log(logger, MESSAGES.defect, { ...fields, reason: reasonOf(error) });
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
