import type { Step } from '../model/progress.ts';
import { addCollected } from './collected.ts';
import { rememberDeadLetters, removeDeliveredLetters } from './dead-letters.ts';
import { addFigures } from './figures.ts';
import { addLateness } from './lateness.ts';
import { moveBackfill, moveProgress } from './progress.ts';
import { setRowsBehind } from './rows-behind.ts';
import { noteRun } from './runs.ts';
import { rememberSent } from './sent-records.ts';
import type { Work } from './work.ts';

/** What a step says, but of what is pending. @param now epoch milliseconds */
export function* rememberStep(job: string, run: number, step: Step, now: number): Work<void> {
  const { progress, collected, figures, sent, looks, behind, counts, work } = step;
  const { deadLetters, delivered, backfill } = step;
  if (progress !== undefined) yield* moveProgress(job, progress);
  if (collected !== undefined) yield* addCollected(job, collected);
  if (figures !== undefined) yield* addFigures(job, figures);
  if (sent !== undefined) yield* rememberSent(job, sent);
  if (looks !== undefined) yield* addLateness(job, looks);
  if (behind !== undefined) yield* setRowsBehind(job, behind);
  if (backfill !== undefined) yield* moveBackfill(job, backfill.span, backfill.acknowledgedTo);
  yield* noteRun(run, counts, work);
  yield* rememberDeadLetters(job, run, deadLetters, now);
  yield* removeDeliveredLetters(job, delivered);
}

/** Whether a step says more than how much a run has done. */
export function isLasting({ progress, backfill, deadLetters, delivered }: Step): boolean {
  return progress !== undefined || backfill !== undefined || deadLetters.length + delivered.length > 0;
}
