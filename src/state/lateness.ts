import { addLooks, type Lateness, type Looks } from '../model/lateness.ts';
import { change, rowOf, type Work } from './work.ts';

export function* latenessOf(job: string): Work<Lateness | undefined> {
  const row = yield* rowOf<{ readonly content: string }>('SELECT content FROM lateness WHERE job = @job', {
    job,
  });
  return row && JSON.parse(row.content);
}

export function* addLateness(job: string, looks: Looks): Work<void> {
  const content = JSON.stringify(addLooks(yield* latenessOf(job), looks));
  yield* change(
    `INSERT INTO lateness (job, content) VALUES (@job, @content)
     ON CONFLICT (job) DO UPDATE SET content = excluded.content`,
    { job, content },
  );
}

export const forgetLateness = (job: string): Work<number> =>
  change('DELETE FROM lateness WHERE job = @job', { job });
