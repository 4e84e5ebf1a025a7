import type { RememberedVerification } from '../model/verification.ts';
import { change, rowsOf, type Work } from './work.ts';

/** As many are kept of each job. */
const MOST_KEPT = 10;

interface Row {
  readonly content: string;
}

const verificationOf = ({ content }: Row): RememberedVerification => JSON.parse(content);

/** Two of one moment are one: the later one. */
export function* rememberVerification(verification: RememberedVerification): Work<void> {
  const { job, startedAt } = verification;
  yield* change(
    `INSERT INTO verifications (job, started_at, content) VALUES (@job, @startedAt, @content)
     ON CONFLICT (job, started_at) DO UPDATE SET content = excluded.content`,
    { job, startedAt, content: JSON.stringify(verification) },
  );
  yield* change(
    `DELETE FROM verifications WHERE job = @job AND started_at NOT IN
       (SELECT started_at FROM verifications WHERE job = @job ORDER BY started_at DESC LIMIT ${MOST_KEPT})`,
    { job },
  );
}

export function* verificationsOf(job: string): Work<readonly RememberedVerification[]> {
  const rows = yield* rowsOf<Row>(
    'SELECT content FROM verifications WHERE job = @job ORDER BY started_at DESC',
    { job },
  );
  return rows.map(verificationOf);
}

export function* newestVerifications(): Work<ReadonlyMap<string, RememberedVerification>> {
  const rows = yield* rowsOf<Row>(
    `SELECT content FROM verifications JOIN
       (SELECT job AS verified, max(started_at) AS newest FROM verifications GROUP BY job) AS last
       ON job = verified AND started_at = newest`,
  );
  return new Map(rows.map(verificationOf).map((each) => [each.job, each]));
}

export const forgetVerifications = (job: string): Work<number> =>
  change('DELETE FROM verifications WHERE job = @job', { job });
