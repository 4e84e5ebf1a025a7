import type { PeriodFigures } from '../model/figures.ts';
import type { CursorValue } from '../model/query.ts';
import { Batches } from '../records/batches.ts';
import { Arrivals, tallyRules } from './arrived.ts';
import { Delivery, type Hearing, type Ways } from './delivery.ts';
import { HeldBatches } from './held-batches.ts';
import type { MarkedBatch } from './marked-batch.ts';
import { type QueryPlan, type RowsRead, readRecords } from './read-records.ts';
import { noteSoFar, type RunContext } from './run-context.ts';

/**
 * Delivers the batches of a run: `give` hands them over one after the other, each as soon as there is room
 * for it. Resolves when all are acknowledged, or failed without harm; throws the first failure of giving or
 * delivering, when nothing is on its way any more.
 *
 * @param stopped called when it fails, with the cursor of the last batch that is acknowledged with all
 * batches before it
 */
export async function deliver<Sent extends MarkedBatch, Given>(
  { job, run, route, state, signals }: RunContext,
  hearing: Hearing<Sent>,
  give: (send: (batch: Sent) => Promise<void>) => Promise<Given>,
  stopped?: (reached: readonly CursorValue[] | undefined, error: unknown) => Promise<void>,
): Promise<Given> {
  const ways: Ways<Sent> = {
    ...hearing,
    target: route.target,
    limit: route.limits.requests_in_flight,
    overtaking: (newer) => state.overtakeDeadLetters(job.name, run.number, newer),
  };
  const delivery = new Delivery(ways, signals);
  try {
    const given = await give((batch) => delivery.send(batch));
    await delivery.finish();
    return given;
  } catch (error) {
    if (signals.read.aborted) await delivery.finish().catch(() => undefined);
    await delivery.abandon();
    await stopped?.(delivery.reached, error);
    throw error;
  }
}

/**
 * Runs a query and delivers its records: rows are read, encoded and sent at the same time, in bounded memory. When it
 * resolves with `isReady`, everything is acknowledged or a dead letter.
 *
 * @param stopped called when it fails, with the position up to which a cursor job's rows are acknowledged
 */
export async function deliverQuery(
  plan: QueryPlan,
  context: RunContext,
  stopped?: (reached: readonly CursorValue[] | undefined, error: unknown) => Promise<void>,
): Promise<RowsRead> {
  const batches = new Batches(context.route.limits);
  const hearing = hearingOf(plan, context, ({ batch }) => batches.recycle(batch));
  const read = await deliver(context, hearing, (send) => readRecords(plan, context, batches, send), stopped);
  context.run.arrived(read.restOfFigures);
  return read;
}

/**
 * The same, but nothing leaves before all rows are read and it is known what their records add up to.
 *
 * @param judge throws when none of them may leave
 */
export async function deliverJudged(
  plan: QueryPlan,
  context: RunContext,
  judge: (figures: readonly PeriodFigures[]) => Promise<void>,
): Promise<RowsRead> {
  const batches = new Batches(context.route.limits);
  const held = new HeldBatches(context, batches);
  try {
    const figures: PeriodFigures[] = [];
    const read = await readRecords(plan, context, batches, (marked) => {
      figures.push(...(marked.figures ?? []));
      return held.add(marked);
    });
    if (!read.isReady) return read;
    context.run.refuseNothingButDeadLetters();
    await judge([...figures, ...read.restOfFigures]);
    await deliver(context, hearingOf(plan, context), (send) => held.giveTo(send));
    context.run.arrived(read.restOfFigures);
    return read;
  } finally {
    await held.discard();
  }
}

/** @param recycle takes back the memory of what is acknowledged, where more batches are still made */
function hearingOf(
  plan: QueryPlan,
  context: RunContext,
  recycle?: (sent: MarkedBatch) => void,
): Hearing<MarkedBatch> {
  const { job, run } = context;
  const arrivals = new Arrivals(plan.tally ?? tallyRules(job));
  const { sent: memory } = plan;
  return {
    ...(memory && { leaving: (sent) => memory.leaving(sent) }),
    acknowledged(sent, answer) {
      memory?.acknowledged(sent, answer.refused);
      run.acknowledged(sent, answer, plan.window);
      arrivals.acknowledged(sent, answer.refused);
      recycle?.(sent);
      return noteSoFar(context);
    },
    // Of a cursor job what is acknowledged behind a failure is collected again.
    reached: (sent) => run.arrived(arrivals.reached(sent)),
  };
}
