import { DAY } from '../calendar/durations.ts';
import type { SnapshotJob, WindowJob } from '../config/config.ts';
import { SMALL_STEP } from '../schedule/clock-step.ts';
import { endOfLastPeriod } from '../schedule/window.ts';
import type { RunContext } from './run-context.ts';

/** A clock that is wrong by more, in milliseconds, is so now as well as then: nothing is believed of it. */
const FURTHEST = 31 * DAY;

/**
 * Takes back a position that is still to come by this machine's clock and the database's: a clock that was wrong has
 * brought it there, and periods up to it were collected before they were over, or would never be. A snapshot job stands nowhere
 * then, until its next snapshot is delivered.
 *
 * @param clock of the database, epoch milliseconds; for a snapshot job, which has none of its times, -Infinity
 */
export async function takenBack<Mode extends WindowJob | SnapshotJob>(
  context: RunContext<Mode>,
  clock: number,
): Promise<RunContext<Mode>> {
  const { job, run, state, progress } = context;
  const ahead = (progress?.collectedTo ?? 0) - Math.max(run.startedAt, clock);
  if (progress === undefined || ahead <= SMALL_STEP || ahead > FURTHEST) return context;
  const { window, timezone } = job;
  const right = { ...progress, collectedTo: window && endOfLastPeriod(window, timezone, run.startedAt) };
  await state.setProgress(job.name, right);
  return { ...context, progress: right };
}
