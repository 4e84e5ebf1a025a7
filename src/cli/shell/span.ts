import { FIRST_DATE, LAST_DATE, parseDate, parseDateTime } from '../../calendar/date-time.ts';
import { readingsOf, startOfDate } from '../../calendar/zone.ts';
import type { Job, WindowJob } from '../../config/config.ts';
import { hasWindows } from '../../model/mode.ts';
import type { Span } from '../../model/progress.ts';
import { UsageError } from './exit-codes.ts';

export interface SpanFlags {
  readonly from?: string;
  readonly to?: string;
}

/** `--from` and `--to` as instants: dates of the job's time zone, or datetimes. */
export function spanOf(flags: SpanFlags, job: Job): Span | undefined {
  if (flags.from === undefined && flags.to === undefined) return undefined;
  if (!hasWindows(job)) throw spanRefused(job);
  if (flags.from === undefined || flags.to === undefined) {
    throw new UsageError(
      '--from and --to go together',
      'Give both: --from 2015-01-01 --to 2015-02-01 (--to is excluded).',
    );
  }
  const span = {
    from: instantOf(flags.from, '--from', job.timezone),
    to: instantOf(flags.to, '--to', job.timezone),
  };
  if (span.from < span.to) return span;
  throw new UsageError(
    `--from ${flags.from} is not before --to ${flags.to}`,
    'The span begins at --from and ends before --to.',
  );
}

function spanRefused(job: Exclude<Job, WindowJob>): UsageError {
  const refused = `--from and --to are for jobs with a window; ${job.name} collects`;
  switch (job.mode) {
    case 'cursor':
      return new UsageError(
        `${refused} what is new`,
        `Leave them out, or move the position with state set ${job.name}.`,
      );
    case 'snapshot':
      return new UsageError(`${refused} how things stand now`, 'Leave them out.');
  }
}

/** A date of the zone, or a datetime, from 1900 to 9998. Throws UsageError. */
export function instantOf(text: string, option: string, zone: string): number {
  const [date, time] = [parseDate(text), parseDateTime(text)];
  if (date === undefined && time === undefined) {
    throw new UsageError(
      `${option}: expected a date or an instant, got ${JSON.stringify(text)}`,
      'Write 2015-01-01 or 2015-01-01T00:00:00Z.',
    );
  }
  if (text < FIRST_DATE || text.slice(0, LAST_DATE.length) > LAST_DATE) {
    throw new UsageError(
      `${option}: expected a date from ${FIRST_DATE} to ${LAST_DATE}, got ${JSON.stringify(text)}`,
      'Write 2015-01-01 or 2015-01-01T00:00:00Z.',
    );
  }
  if (date !== undefined) return startOfDate(date, zone);
  if (time?.offset !== undefined) return time.wallClock - time.offset;
  return readingsOf(time?.wallClock ?? 0, zone).earlier;
}
