/** What a figure should reach: `atLeast` is what is owed, `good` what is aimed at. */
export interface Goal {
  readonly better: 'higher' | 'lower';
  readonly atLeast: number;
  readonly good?: number;
}

const MEGABYTE = 1_000_000;
const higher = (atLeast: number, good?: number): Goal => goal('higher', atLeast, good);
const lower = (atLeast: number, good?: number): Goal => goal('lower', atLeast, good);
const goal = (better: Goal['better'], atLeast: number, good: number | undefined): Goal => ({
  better,
  atLeast,
  ...(good !== undefined && { good }),
});

/** By the ids of the figures; a figure that is not here is told and not judged. */
export const GOALS: Readonly<Record<string, Goal>> = {
  'postgresql/rate': higher(3.6, 4.5),
  'postgresql/limit': higher(0.38, 0.5),
  'postgresql/processor': lower(0.32, 0.25),
  'mariadb/rate': higher(2.2, 2.8),
  'mysql/rate': higher(2.2, 2.8),
  'sqlite/rate': higher(2, 2.6),
  'gzip/rate': higher(0.45),
  'gzip/bytes': lower(0.25),
  'slow-answers/rate': higher(8, 10),
  'memory/million': lower(130 * MEGABYTE, 110 * MEGABYTE),
  'memory/slow-answers': lower(130 * MEGABYTE, 110 * MEGABYTE),
  'memory/growth': lower(40 * MEGABYTE, 15 * MEGABYTE),
  'database-cost/processor': lower(1.5, 1.3),
  'start-up/run': lower(7, 5),
  'start-up/help': lower(2, 1.6),
  'idle/10-jobs-memory': lower(110 * MEGABYTE, 80 * MEGABYTE),
  'idle/10000-jobs-processor': lower(0.003, 0.001),
  'idle/10000-jobs-memory': lower(150 * MEGABYTE, 120 * MEGABYTE),
  'many-jobs/lag': lower(1),
  'many-jobs/runs': higher(990),
  'write-api/sqlite-ascending': higher(240_000, 400_000),
  'write-api/postgresql-ascending': higher(140_000, 200_000),
  'write-api/sqlite-random': higher(80_000, 150_000),
  'write-api/postgresql-random': higher(90_000, 150_000),
  'dashboards/sqlite-cold': lower(0.3),
  'dashboards/postgresql-cold': lower(0.3),
  'dashboards/sqlite-unchanged': lower(0.005),
  'dashboards/postgresql-unchanged': lower(0.005),
};

export type Verdict = 'good' | 'met' | 'missed' | '';

/** Whether a value reaches its goal; '' where there is none. */
export function verdict(id: string, value: number): Verdict {
  const goal = GOALS[id];
  if (goal === undefined) return '';
  const reaches = (bound: number | undefined): boolean =>
    bound !== undefined && (goal.better === 'higher' ? value >= bound : value <= bound);
  if (reaches(goal.good)) return 'good';
  return reaches(goal.atLeast) ? 'met' : 'missed';
}
