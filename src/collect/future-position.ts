import { parseDateTime } from '../calendar/date-time.ts';
import { DAY, MINUTE, SMALL_STEP } from '../calendar/durations.ts';
import { readingsOf } from '../calendar/zone.ts';
import type { Job, SnapshotJob, WindowJob } from '../config/config.ts';
import { hasWindows, standsAtRow } from '../model/mode.ts';
import type { Progress } from '../model/progress.ts';
import type { CursorValue } from '../model/query.ts';
import { endOfLastPeriod } from '../schedule/window.ts';
import type { RunContext } from './run-context.ts';

/** What is done about a job that stands at a time which is still to come. */

/** Clocks of two machines differ by a little, in milliseconds. */
const TOLERANCE = MINUTE;

/** A clock that is wrong by more, in milliseconds, is so now as well as then: nothing is believed of it. */
const FURTHEST = 31 * DAY;

/** Tells when the job stands later than its database's clock: what is written until then would be skipped. */
export function warnOfFuture({ job, run, progress, route }: RunContext, clock: number): void {
  const position = instantOfPosition(job, progress, route.localTime.zone);
  if (position === undefined || position <= clock + TOLERANCE) return;
  const text = standsAtRow(job) ? (progress?.cursor?.[0]?.text ?? '') : new Date(position).toISOString();
  run.tell({ kind: 'position-in-future', position: text, ahead: position - clock });
}

/**
 * Takes back a position that is still to come by this machine's clock and the database's: a clock that was
 * wrong has brought it there, and periods up to it were collected before they were over, or would never be. A
 * snapshot job stands nowhere then, until its next snapshot is delivered. Gives where the job stands.
 *
 * @param clock of the database, epoch milliseconds; for a snapshot job, which has none of its times,
 * -Infinity
 */
export async function takenBack(
  { job, run, state, progress }: RunContext<WindowJob | SnapshotJob>,
  clock: number,
): Promise<Progress | undefined> {
  const ahead = (progress?.collectedTo ?? 0) - Math.max(run.startedAt, clock);
  if (progress === undefined || ahead <= SMALL_STEP || ahead > FURTHEST) return progress;
  const collectedTo = hasWindows(job) ? endOfLastPeriod(job.window, job.timezone, run.startedAt) : undefined;
  const right = { ...progress, collectedTo };
  await state.setProgress(job.name, right);
  return right;
}

/** Where a job stands, epoch milliseconds; undefined when that is no time. @param zone of the database */
export function instantOfPosition(
  job: Job,
  progress: Progress | undefined,
  zone: string,
): number | undefined {
  return standsAtRow(job) ? instantOf(progress?.cursor?.[0], zone) : progress?.collectedTo;
}

/** Epoch milliseconds; undefined for what is no time. @param zone of the database */
export function instantOf(value: CursorValue | undefined, zone: string): number | undefined {
  if (value?.kind !== 'datetime') return undefined;
  const parsed = parseDateTime(value.text.length === 10 ? `${value.text} 00:00:00` : value.text);
  if (parsed === undefined) return undefined;
  return parsed.offset === undefined
    ? readingsOf(parsed.wallClock, zone).earlier
    : parsed.wallClock - parsed.offset;
}
