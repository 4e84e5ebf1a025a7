import type { Span } from '../model/progress.ts';
import type { Statements } from './sqlite/statements.ts';

/**
 * The statements about what is acknowledged of a window job's time; whoever calls them begins and ends the transaction.
 * Spans that overlap or touch are one, so that a job which goes on day by day has one.
 */
export class SqliteCollected {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** In their order. */
  of(job: string): readonly Span[] {
    const spans = this.#statements
      .prepare('SELECT span_from AS "from", span_to AS "to" FROM collected WHERE job = ? ORDER BY span_from')
      .all(job);
    return spans as Span[];
  }

  add(job: string, { from, to }: Span): void {
    if (from >= to) return;
    const touching = this.#statements
      .prepare(
        `DELETE FROM collected WHERE job = ? AND span_from <= ? AND span_to >= ?
         RETURNING span_from AS "from", span_to AS "to"`,
      )
      .all(job, to, from) as Span[];
    this.#statements.prepare('INSERT INTO collected (job, span_from, span_to) VALUES (?, ?, ?)').run(
      job,
      touching.reduce((least, span) => Math.min(least, span.from), from),
      touching.reduce((most, span) => Math.max(most, span.to), to),
    );
  }

  /** What is later counts as collected no more. */
  cutAt(job: string, to: number): void {
    this.#statements.prepare('DELETE FROM collected WHERE job = ? AND span_from >= ?').run(job, to);
    this.#statements
      .prepare('UPDATE collected SET span_to = @to WHERE job = @job AND span_to > @to')
      .run({ job, to });
  }

  forget(job: string): void {
    this.#statements.prepare('DELETE FROM collected WHERE job = ?').run(job);
  }
}
