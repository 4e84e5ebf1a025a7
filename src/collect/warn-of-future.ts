import { parseDateTime } from '../calendar/date-time.ts';
import { MINUTE } from '../calendar/durations.ts';
import { readingsOf } from '../calendar/zone.ts';
import type { Job } from '../config/config.ts';
import type { Progress } from '../model/progress.ts';
import type { CursorValue } from '../model/query.ts';
import type { RunContext } from './run-context.ts';

/** Clocks of two machines differ by a little. */
const TOLERANCE = MINUTE;

/** Tells when the job stands later than its database's clock: what is written until then would be skipped. */
export function warnOfFuture({ job, run, progress, route }: RunContext, clock: number): void {
  const first = progress?.cursor?.[0];
  const position = instantOfPosition(job, progress, route.clock.zone);
  if (position === undefined || position <= clock + TOLERANCE) return;
  const told = job.cursor === undefined ? new Date(position).toISOString() : (first?.text ?? '');
  run.tell({ kind: 'position-in-future', position: told, ahead: position - clock });
}

/** Where a job stands, epoch milliseconds; undefined when that is no time. @param zone of the database */
export function instantOfPosition(
  job: Job,
  progress: Progress | undefined,
  zone: string,
): number | undefined {
  return job.cursor === undefined ? progress?.collectedTo : instantOf(progress?.cursor?.[0], zone);
}

function instantOf(value: CursorValue | undefined, zone: string): number | undefined {
  if (value?.kind !== 'datetime') return undefined;
  const parsed = parseDateTime(value.text.length === 10 ? `${value.text} 00:00:00` : value.text);
  if (parsed === undefined) return undefined;
  return parsed.offset === undefined
    ? readingsOf(parsed.wallClock, zone).earlier
    : parsed.wallClock - parsed.offset;
}
