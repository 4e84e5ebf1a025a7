import type { RowsBehind } from '../model/rows-behind.ts';
import { change, rowOf, type Work } from './work.ts';

export function* rowsBehindOf(job: string): Work<RowsBehind | undefined> {
  const row = yield* rowOf<{ readonly content: string }>('SELECT content FROM rows_behind WHERE job = @job', {
    job,
  });
  return row && JSON.parse(row.content);
}

export const setRowsBehind = (job: string, behind: RowsBehind): Work<number> =>
  change(
    `INSERT INTO rows_behind (job, content) VALUES (@job, @content)
     ON CONFLICT (job) DO UPDATE SET content = excluded.content`,
    { job, content: JSON.stringify(behind) },
  );

export const forgetRowsBehind = (job: string): Work<number> =>
  change('DELETE FROM rows_behind WHERE job = @job', { job });
