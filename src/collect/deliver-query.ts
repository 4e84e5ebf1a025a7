import type { CursorValue } from '../model/query.ts';
import { Batches } from '../records/batches.ts';
import { Delivery, type MarkedBatch } from './delivery.ts';
import { type QueryPlan, type RowsRead, readRecords } from './read-records.ts';
import type { RunContext } from './run-context.ts';
import type { RunSignals } from './run-signals.ts';

/**
 * Runs a query and delivers its records: rows are read, encoded and sent at the same time, in bounded memory. When it
 * resolves with `isReady`, everything is acknowledged or a dead letter.
 *
 * @param stopped called when it fails, with the position up to which a cursor job's rows are acknowledged
 */
export async function deliverQuery(
  plan: QueryPlan,
  context: RunContext,
  signals: RunSignals,
  stopped?: (reached: readonly CursorValue[] | undefined, error: unknown) => Promise<void>,
): Promise<RowsRead> {
  const { job, run, route, state } = context;
  const batches = new Batches(route.limits);
  const delivery = new Delivery<MarkedBatch>(
    {
      target: route.target,
      limit: route.limits.requests_in_flight,
      overtaking: (newer) => state.overtakeDeadLetters(job.name, run.number, newer),
      acknowledged(sent, answer) {
        run.acknowledged(sent, answer, plan.window);
        batches.recycle(sent.batch);
      },
    },
    signals,
  );
  try {
    const read = await readRecords(plan, context, batches, (batch) => delivery.send(batch), signals.read);
    await delivery.finish();
    return read;
  } catch (error) {
    if (signals.read.aborted) await delivery.finish().catch(() => undefined);
    await delivery.abandon();
    await stopped?.(delivery.reached, error);
    throw error;
  }
}
