import type { WindowJob } from '../config/config.ts';
import { nextTick } from '../cron/cron.ts';
import { endOfLastPeriod, windowsBetween } from '../schedule/window.ts';
import type { DuePeriods } from '../status/daemon-view.ts';

/**
 * What a window job has to collect: a period is due when it is over, its delay has passed and a tick has come since.
 *
 * @param collectedTo where its progress stands; epoch milliseconds as everything here
 */
export function duePeriods(job: WindowJob, collectedTo: number, now: number): DuePeriods {
  const { window, timezone } = job;
  const { delay } = window;
  const each = { ...window, max_periods: 1, include_current: true, delay: 0 };
  const [next] = windowsBetween(each, timezone, collectedTo, { from: collectedTo, to: collectedTo + 1 });
  if (next === undefined) return { nextAt: undefined, behind: 0 };
  const nextAt = tickAfter(job, next.to + delay - 1);
  if (nextAt === undefined || nextAt > now) return { nextAt, behind: 0 };
  const dueTo = endOfLastPeriod(window, timezone, lastTick(job, nextAt, now));
  return { nextAt, behind: Math.max(dueTo - collectedTo, 0) };
}

/** Of a job that runs only when somebody asks for it, every moment is a tick. */
export function tickAfter({ schedule, enabled, timezone }: WindowJob, after: number): number | undefined {
  return schedule === undefined || !enabled ? after + 1 : nextTick(schedule, timezone, after);
}

/** The last tick up to now. @param known an earlier one */
function lastTick(job: WindowJob, known: number, now: number): number {
  let [tick, end] = [known, now];
  // After `end` there is none up to now.
  while (end - tick > 1) {
    const middle = Math.floor((tick + end) / 2);
    const following = tickAfter(job, middle);
    if (following !== undefined && following <= now) tick = following;
    else end = middle;
  }
  return tick;
}
