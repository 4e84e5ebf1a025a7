import type { Period } from '../calendar/period.ts';
import {
  Figures,
  type JobFigures,
  MOST_MEASURES,
  MOST_PERIODS,
  type PeriodFigures,
} from '../model/figures.ts';
import type { NewFigures, Span } from '../model/progress.ts';
import type { Statements } from './sqlite/statements.ts';

interface FiguresRow {
  readonly period: number;
  readonly length: Period;
  readonly records: number;
  /** JSON */
  readonly sums: string;
}

/** The statements about what has arrived of jobs; whoever calls them begins and ends the transaction. */
export class SqliteFigures {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  of(job: string): JobFigures | undefined {
    const rows = this.#statements
      .prepare('SELECT period, length, records, sums FROM figures WHERE job = ? ORDER BY period')
      .all(job) as FiguresRow[];
    const [first] = rows;
    return first && { length: first.length, periods: rows.map(figuresOf) };
  }

  add(job: string, { length, periods, replaces, snapshot }: NewFigures): void {
    // A job whose periods have another length now has other figures.
    this.#statements.prepare('DELETE FROM figures WHERE job = ? AND length <> ?').run(job, length);
    if (replaces !== undefined) this.#remove(job, replaces);
    for (const each of periods) this.#addPeriod(job, length, each, snapshot);
    this.#statements
      .prepare(
        `DELETE FROM figures WHERE job = @job AND period <
           (SELECT period FROM figures WHERE job = @job ORDER BY period DESC LIMIT 1 OFFSET @most)`,
      )
      .run({ job, most: MOST_PERIODS - 1 });
  }

  /** What is later is known no more. */
  cutAt(job: string, to: number): void {
    this.#remove(job, { from: to, to: Number.MAX_SAFE_INTEGER });
  }

  forget(job: string): void {
    this.#statements.prepare('DELETE FROM figures WHERE job = ?').run(job);
  }

  #remove(job: string, { from, to }: Span): void {
    this.#statements
      .prepare('DELETE FROM figures WHERE job = ? AND period >= ? AND period < ?')
      .run(job, from, to);
  }

  #addPeriod(job: string, length: Period, added: PeriodFigures, snapshot: number | undefined): void {
    const { period } = added;
    const known = this.#statements
      .prepare(
        `SELECT period, length, records, sums FROM figures
         WHERE job = @job AND period = @period AND (@snapshot IS NULL OR snapshot = @snapshot)`,
      )
      .get({ job, period, snapshot: snapshot ?? null }) as FiguresRow | undefined;
    const [sum = added] = known === undefined ? [] : new Figures().add([figuresOf(known), added]).periods();
    this.#statements
      .prepare(
        `INSERT INTO figures (job, period, length, records, sums, snapshot)
         VALUES (@job, @period, @length, @records, @sums, @snapshot)
         ON CONFLICT (job, period) DO UPDATE SET records = excluded.records, sums = excluded.sums,
           snapshot = coalesce(excluded.snapshot, snapshot)`,
      )
      .run({
        ...{ job, period, length, snapshot: snapshot ?? null },
        records: sum.records,
        sums: JSON.stringify(Object.fromEntries(Object.entries(sum.sums).slice(0, MOST_MEASURES))),
      });
  }
}

const figuresOf = ({ period, records, sums }: FiguresRow): PeriodFigures => ({
  period,
  records,
  sums: JSON.parse(sums),
});
