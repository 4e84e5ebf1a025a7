import type { CursorValue } from '../model/query.ts';
import type { Acknowledgement } from '../model/target.ts';
import { Batches } from '../records/batches.ts';
import { deliver } from './delivery.ts';
import type { MarkedBatch } from './marked-batch.ts';
import { type QueryPlan, type RowsRead, readRecords } from './read-records.ts';
import type { RunContext } from './run-context.ts';

/**
 * Runs a query and delivers its records: rows are read, encoded and sent at the same time, in bounded memory. When it
 * resolves with `isReady`, everything is acknowledged or a dead letter.
 *
 * @param stopped called when it fails, with the position up to which a cursor job's rows are acknowledged
 */
export function deliverQuery(
  plan: QueryPlan,
  context: RunContext,
  stopped?: (reached: readonly CursorValue[] | undefined, error: unknown) => Promise<void>,
): Promise<RowsRead> {
  const batches = new Batches(context.route.limits);
  const hearing = {
    acknowledged(sent: MarkedBatch, answer: Acknowledgement) {
      context.run.acknowledged(sent, answer, plan.window);
      batches.recycle(sent.batch);
    },
  };
  return deliver(context, hearing, (send) => readRecords(plan, context, batches, send), stopped);
}
