import type { ScheduledJob, SchedulePlan } from '../../src/schedule/scheduler-interface.ts';
import { Random } from '../../test/faults/random.ts';

/** Which jobs there are. */
export interface DepartmentSettings {
  readonly jobs: number;
  readonly databases: number;
  readonly maxConcurrentRuns: number;
  readonly maxConnections: number;
  /** At full and half hours, as people write them, or at any minute. */
  readonly isSpread: boolean;
  /** Of jobs that run at night or every hour, milliseconds. */
  readonly jitter: number;
  readonly seed: number;
}

/** Nightly times as people choose them. The more often one stands here, the more jobs have it. */
const NIGHTLY = ['0 1', '0 2', '0 2', '0 2', '30 2', '0 3', '0 3', '0 4', '30 4', '0 5', '0 6', '0 6'];
/** Parts of all jobs; the others run at night. */
const [HOURLY, FREQUENT] = [0.12, 0.03];

/** The jobs of many departments: most run at night, some every hour, few every five minutes. */
export function departmentPlan(settings: DepartmentSettings): SchedulePlan {
  const random = new Random(settings.seed);
  const jobs = Array.from({ length: settings.jobs }, (_, index): ScheduledJob => {
    const chance = random.next();
    const isFrequent = chance >= HOURLY && chance < HOURLY + FREQUENT;
    return {
      name: `job-${index}`,
      schedule: scheduleOf(chance, settings.isSpread, random),
      timezone: 'Europe/London',
      jitter: isFrequent ? 0 : settings.jitter,
      database: `database-${index % settings.databases}`,
    };
  });
  return {
    jobs,
    missedRuns: 'run_once',
    maxConcurrentRuns: settings.maxConcurrentRuns,
    maxConnections: new Map(jobs.map(({ database }) => [database, settings.maxConnections])),
  };
}

function scheduleOf(chance: number, isSpread: boolean, random: Random): string {
  const minute = random.whole(0, 59);
  if (chance < HOURLY) return `${isSpread ? minute : 0} * * * *`;
  if (chance < HOURLY + FREQUENT) return isSpread ? `${minute % 5}-59/5 * * * *` : '*/5 * * * *';
  return isSpread ? `${minute} ${random.whole(1, 5)} * * *` : `${random.pick(NIGHTLY)} * * *`;
}
