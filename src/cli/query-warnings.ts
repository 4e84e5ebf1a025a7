import { wallClockAt } from '../calendar/zone.ts';
import type { QueryOutline } from '../collect/interfaces.ts';
import type { Route } from '../collect/run-context.ts';
import type { Job, WindowJob } from '../config/config.ts';
import type { Findings } from './check-report.ts';

export type Warning = NonNullable<Findings['warnings']>[number];

const DAY = 86_400_000;

/** What is suspicious about a query before it is run: advice, which stops nothing. */
export function queryWarnings(job: Job, { source, clock }: Pick<Route, 'source' | 'clock'>): Warning[] {
  const outline = source.advice.outline(job.query);
  return job.window === undefined
    ? []
    : [...daysOfAnotherZone(job, outline, source, clock.zone), ...partsForTheWhole(job, outline)];
}

/** The query makes dates by the clock of the database, or of UTC, and compares instants of the job's days. */
function daysOfAnotherZone(
  job: WindowJob,
  { datedTime, literals, parameters }: QueryOutline,
  { advice }: Route['source'],
  zone: string,
): Warning[] {
  const { period } = job.window;
  const boundsInstants = ['from', 'to'].some((name) => parameters.includes(name));
  const namesZone = parameters.includes('timezone') || literals.includes(job.timezone);
  if (datedTime === undefined || !boundsInstants || namesZone || period === 'hour') return [];
  const other = [zone, 'UTC'].find((each) => differ(each, job.timezone));
  if (other === undefined) return [];
  return [
    {
      message: `it makes dates of ${datedTime} by the clock of ${other}, and the job counts by the ${period} of ${job.timezone}: while the two differ, rows are counted for the ${period} beside theirs`,
      remedy: advice.localPeriodRemedy(period, datedTime),
    },
  ];
}

/** Whether the clocks of two zones differ at any time of the year. */
function differ(zone: string, other: string): boolean {
  const now = Date.now();
  return Array.from({ length: 13 }, (_, month) => now + month * 30 * DAY).some(
    (instant) => wallClockAt(instant, zone) !== wallClockAt(instant, other),
  );
}

function partsForTheWhole({ window }: WindowJob, { isAggregated }: QueryOutline): Warning[] {
  if (!window.allow_outside || !isAggregated) return [];
  return [
    {
      message:
        'window.allow_outside is set, and the rows are counts: a part of a count would replace the whole one of its period',
      remedy: 'Remove window.allow_outside, and compare with :from and :to in the query.',
    },
  ];
}
