import type { Span } from '../model/progress.ts';
import { change, rowsOf, type Work } from './work.ts';

/**
 * What is acknowledged of a window job's time. Spans that overlap or touch are one, so that a job which goes on day by
 * day has one. Gives them in their order.
 */
export const collectedOf = (job: string): Work<readonly Span[]> =>
  rowsOf('SELECT span_from AS "from", span_to AS "to" FROM collected WHERE job = @job ORDER BY span_from', {
    job,
  });

export function* addCollected(job: string, { from, to }: Span): Work<void> {
  if (from >= to) return;
  const touching = yield* rowsOf<Span>(
    `DELETE FROM collected WHERE job = @job AND span_from <= @to AND span_to >= @from
     RETURNING span_from AS "from", span_to AS "to"`,
    { job, from, to },
  );
  yield* change('INSERT INTO collected (job, span_from, span_to) VALUES (@job, @from, @to)', {
    job,
    from: touching.reduce((least, span) => Math.min(least, span.from), from),
    to: touching.reduce((most, span) => Math.max(most, span.to), to),
  });
}

/** What is later counts as collected no more. */
export function* cutCollected(job: string, to: number): Work<void> {
  yield* change('DELETE FROM collected WHERE job = @job AND span_from >= @to', { job, to });
  yield* change('UPDATE collected SET span_to = @to WHERE job = @job AND span_to > @to', { job, to });
}

export const forgetCollected = (job: string): Work<number> =>
  change('DELETE FROM collected WHERE job = @job', { job });
