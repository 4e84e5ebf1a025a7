import type { Progress } from '../model/progress.ts';
import { cutCollected, forgetCollected } from './collected.ts';
import { cutFigures, forgetFigures } from './figures.ts';
import { forgetLateness } from './lateness.ts';
import { forgetRowsBehind } from './rows-behind.ts';
import { forgetSent } from './sent-records.ts';
import { forgetVerifications } from './verifications.ts';
import type { Work } from './work.ts';

/** What was collected and has arrived is void as far as a job is taken back. @param after undefined: as a whole */
export function* forgetVoid(
  job: string,
  before: Progress | undefined,
  after: Progress | undefined,
): Work<void> {
  const isBack = Number(before?.collectedTo) > Number(after?.collectedTo);
  if (after === undefined || isBack) yield* forgetSent(job, 'records');
  if (after === undefined) yield* forgetLateness(job);
  if (after === undefined) yield* forgetVerifications(job);
  if (after === undefined) yield* forgetCollected(job);
  else if (isBack) yield* cutCollected(job, Number(after.collectedTo));
  const moves = JSON.stringify(before?.cursor) !== JSON.stringify(after?.cursor);
  if (after === undefined || moves) {
    yield* forgetRowsBehind(job);
    yield* forgetFigures(job);
  } else if (isBack) yield* cutFigures(job, Number(after.collectedTo));
}
