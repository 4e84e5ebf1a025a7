import type { Logger } from 'pino';
import { isoTime } from '../calendar/date-time.ts';
import type { ScheduleObserver } from '../schedule/scheduler-interface.ts';
import { log } from './logger.ts';
import { MESSAGES } from './messages/catalogue.ts';

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
