import { formatDate, isoTime } from '../calendar/date-time.ts';
import { DAY } from '../calendar/durations.ts';
import { wallClockAt } from '../calendar/zone.ts';
import type { Span } from '../model/progress.ts';

/** The command that collects a span of a window job: `pp-db-collector run visits --from 2026-05-03 --to 2026-05-06` */
export const spanCommand = (job: string, span: Span, zone: string): string =>
  `pp-db-collector run ${job} ${spanOptions(span, zone)}`;

/** `--from 2026-05-03 --to 2026-05-06` */
export const spanOptions = ({ from, to }: Span, zone: string): string =>
  `--from ${argumentOf(from, zone)} --to ${argumentOf(to, zone)}`;

/** A date of the job's zone where it begins then. */
function argumentOf(instant: number, zone: string): string {
  const wallClock = wallClockAt(instant, zone);
  return wallClock % DAY === 0 ? formatDate(wallClock) : isoTime(instant);
}
