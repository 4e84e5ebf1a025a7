import { SMALL_STEP } from '../calendar/durations.ts';
import { ServedTicks } from './served-ticks.ts';
import { TickCalendar } from './tick-calendar.ts';

/**
 * The next ticks that will have a run, as the scheduler of a daemon sees them, all in epoch milliseconds.
 *
 * @param laterStarts when runs of the job began that are still to come: by a clock that was wrong, or is put right in a
 * moment
 */
export function nextRuns(
  { schedule, timezone }: { readonly schedule?: string | undefined; readonly timezone: string },
  now: number,
  laterStarts: readonly number[],
  count: number,
): number[] {
  const calendar = new TickCalendar();
  const served = new ServedTicks(calendar);
  const runs: number[] = [];
  let after = now;
  for (const start of laterStarts) {
    if (start <= now + SMALL_STEP) after = start;
    else served.noteStart({ schedule, timezone }, start);
  }
  while (schedule !== undefined && runs.length < count) {
    const next = calendar.next(schedule, timezone, after);
    const tick = served.firstUnserved({ schedule, timezone }, next);
    if (tick === undefined) break;
    runs.push(tick);
    after = tick;
  }
  return runs;
}
