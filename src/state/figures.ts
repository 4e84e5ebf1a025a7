import type { Period } from '../calendar/period.ts';
import {
  Figures,
  type JobFigures,
  type JobRecords,
  MOST_MEASURES,
  MOST_PERIODS,
  type PeriodFigures,
} from '../model/figures.ts';
import type { NewFigures, Span } from '../model/progress.ts';
import { change, rowOf, rowsOf, type Work } from './work.ts';

interface FiguresRow {
  readonly period: number;
  readonly length: Period;
  readonly records: number;
  /** JSON */
  readonly sums: string;
}

/** What has arrived of a job. */
export function* figuresOf(job: string): Work<JobFigures | undefined> {
  const rows = yield* rowsOf<FiguresRow>(
    'SELECT period, length, records, sums FROM figures WHERE job = @job ORDER BY period',
    { job },
  );
  const [first] = rows;
  return first && { length: first.length, periods: rows.map(figuresIn) };
}

/** How many records have arrived of several jobs: of each the newest periods up to a bound. */
export function* recentRecords(
  jobs: readonly string[],
  until: number,
  most: number,
): Work<ReadonlyMap<string, JobRecords>> {
  if (jobs.length === 0) return new Map();
  const names = Object.fromEntries(jobs.map((job, index) => [`job_${index}`, job]));
  const rows = yield* rowsOf<Omit<FiguresRow, 'sums'> & { readonly job: string }>(
    `WITH named (job) AS (VALUES ${Object.keys(names).map((name) => `(CAST(@${name} AS text))`)}),
       bounds AS (SELECT job, (SELECT period FROM figures WHERE figures.job = named.job AND period <= @until
         ORDER BY period DESC LIMIT 1 OFFSET @others) AS oldest FROM named)
     SELECT figures.job, length, period, records FROM bounds JOIN figures ON figures.job = bounds.job
       AND period <= @until AND (oldest IS NULL OR period >= oldest)
     ORDER BY figures.job, period`,
    { ...names, until, others: most - 1 },
  );
  return new Map(
    [...Map.groupBy(rows, ({ job }) => job)].map(([job, own]) => {
      const periods = own.map(({ period, records }) => ({ period, records }));
      return [job, { length: own[0]?.length ?? 'day', periods }];
    }),
  );
}

export function* addFigures(job: string, { length, periods, replaces, snapshot }: NewFigures): Work<void> {
  // A job whose periods have another length now has other figures.
  yield* change('DELETE FROM figures WHERE job = @job AND length <> @length', { job, length });
  if (replaces !== undefined) yield* remove(job, replaces);
  for (const each of periods) yield* addPeriod(job, length, each, snapshot);
  yield* change(
    `DELETE FROM figures WHERE job = @job AND period <
       (SELECT period FROM figures WHERE job = @job ORDER BY period DESC LIMIT 1 OFFSET @most)`,
    { job, most: MOST_PERIODS - 1 },
  );
}

/** What is later is known no more. */
export const cutFigures = (job: string, to: number): Work<number> =>
  remove(job, { from: to, to: Number.MAX_SAFE_INTEGER });

export const forgetFigures = (job: string): Work<number> =>
  change('DELETE FROM figures WHERE job = @job', { job });

const remove = (job: string, { from, to }: Span): Work<number> =>
  change('DELETE FROM figures WHERE job = @job AND period >= @from AND period < @to', { job, from, to });

function* addPeriod(
  job: string,
  length: Period,
  added: PeriodFigures,
  snapshot: number | undefined,
): Work<void> {
  const { period } = added;
  const known = yield* rowOf<FiguresRow>(
    `SELECT period, length, records, sums FROM figures
     WHERE job = @job AND period = @period AND (snapshot = @snapshot OR @snapshot IS NULL)`,
    { job, period, snapshot: snapshot ?? null },
  );
  const [sum = added] = known === undefined ? [] : new Figures().add([figuresIn(known), added]).periods();
  yield* change(
    `INSERT INTO figures (job, period, length, records, sums, snapshot)
     VALUES (@job, @period, @length, @records, @sums, @snapshot)
     ON CONFLICT (job, period) DO UPDATE SET records = excluded.records, sums = excluded.sums,
       snapshot = coalesce(excluded.snapshot, figures.snapshot)`,
    {
      ...{ job, period, length, snapshot: snapshot ?? null },
      records: sum.records,
      sums: JSON.stringify(Object.fromEntries(Object.entries(sum.sums).slice(0, MOST_MEASURES))),
    },
  );
}

const figuresIn = ({ period, records, sums }: FiguresRow): PeriodFigures => ({
  period,
  records,
  sums: JSON.parse(sums),
});
