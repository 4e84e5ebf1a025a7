import type { RecordSettings } from '../config/schema/job-schema.ts';
import { Batch } from '../model/batch.ts';
import type { PeriodFigures } from '../model/figures.ts';
import type { CursorValue } from '../model/query.ts';
import type { Acknowledgement, RefusedRecord, Target } from '../model/target.ts';
import { Batches } from '../records/batches.ts';
import { NotARecordError } from '../records/not-a-record.ts';
import { compileSuppressor } from '../records/suppress.ts';
import { Arrivals, tallyRules } from './arrived.ts';
import { HeldBatches } from './held-batches.ts';
import { type QueryPlan, type RowsRead, readRecords } from './read-records.ts';
import { noteSoFar, type RunContext, type RunSignals } from './run-context.ts';
import type { Healed, MarkedBatch } from './run-so-far.ts';

interface OnItsWay<Sent extends MarkedBatch> {
  readonly sent: Sent;
  isAcknowledged: boolean;
}

/** Who hears what becomes of batches. */
export interface Hearing<Sent extends MarkedBatch> {
  /** Called with each batch before it is sent. */
  readonly leaving?: (sent: Sent) => Promise<void>;
  /** Called with each batch that is acknowledged: the delivery reads it no more. */
  readonly acknowledged: (sent: Sent, answer: Acknowledgement) => Promise<void> | void;
  /** Called with each batch once it is acknowledged with all batches before it, in their order. */
  readonly reached?: (sent: Sent) => void;
  /** Called with each batch that is not; gives whether the others may go on all the same. Left out: they may not. */
  readonly failed?: (sent: Sent, error: unknown) => Promise<boolean>;
}

/** Where batches go, and who hears of it. */
export interface Ways<Sent extends MarkedBatch> extends Hearing<Sent> {
  readonly target: Target;
  /** Batches on their way at once: it bounds the memory, too. */
  readonly limit: number;
  /** Called before a batch is sent that has newer versions of dead letters. */
  readonly overtaking: (newer: readonly Healed[]) => Promise<void>;
}

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

/** The deliveries of one query: several batches on their way at once, stopped together by the first failure. */
export class Delivery<Sent extends MarkedBatch = MarkedBatch> {
  readonly #ways: Ways<Sent>;
  readonly #stop = new AbortController();
  readonly #signals: RunSignals;
  readonly #signal: AbortSignal;
  readonly #waiting: AbortSignal;
  readonly #deliveries = new Set<Promise<void>>();
  readonly #inOrder: OnItsWay<Sent>[] = [];
  #reached: MarkedBatch['cursor'];
  #failure: { readonly error: unknown } | undefined;

  constructor(ways: Ways<Sent>, signals: RunSignals) {
    this.#ways = ways;
    this.#signals = signals;
    this.#signal = AbortSignal.any([signals.deliver, this.#stop.signal]);
    this.#waiting = AbortSignal.any([signals.read, this.#stop.signal]);
  }

  /** The cursor of the last batch that is acknowledged with all batches before it. */
  get reached(): MarkedBatch['cursor'] {
    return this.#reached;
  }

  /** Starts a delivery; resolves when there is room for the next one. Throws the first failure of any. */
  async send(sent: Sent): Promise<void> {
    const delivery = this.#deliver(sent).finally(() => this.#deliveries.delete(delivery));
    this.#deliveries.add(delivery);
    if (this.#deliveries.size >= this.#ways.limit) await Promise.race(this.#deliveries);
    this.#throwFailure();
  }

  /** Resolves when everything sent is acknowledged. Throws the first failure of any. */
  async finish(): Promise<void> {
    await Promise.all(this.#deliveries);
    this.#throwFailure();
  }

  /** Gives up what is on its way; resolves when nothing is any more. */
  async abandon(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#deliveries);
  }

  async #deliver(sent: Sent): Promise<void> {
    const place: OnItsWay<Sent> = { sent, isAcknowledged: false };
    this.#inOrder.push(place);
    const { target, overtaking, leaving, acknowledged } = this.#ways;
    try {
      if (sent.healed.length > 0) await overtaking(sent.healed);
      await leaving?.(sent);
      await acknowledged(sent, await target.post(sent.batch, this.#signal, this.#waiting));
      place.isAcknowledged = true;
      this.#moveUp();
    } catch (error) {
      await this.#failed(sent, error);
    }
  }

  async #failed(sent: Sent, error: unknown): Promise<void> {
    try {
      if (await this.#ways.failed?.(sent, error)) return;
      this.#failure ??= { error };
    } catch (another) {
      this.#failure ??= { error: another };
    }
    // A run that is to stop gives up what waits; what is on its way may still be answered.
    if (!this.#signals.read.aborted) this.#stop.abort();
  }

  #moveUp(): void {
    for (let first = this.#inOrder[0]; first?.isAcknowledged === true; first = this.#inOrder[0]) {
      this.#inOrder.shift();
      this.#reached = first.sent.cursor ?? this.#reached;
      this.#ways.reached?.(first.sent);
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

const NOTHING_SENT: Acknowledgement = { requests: 0, bytesSent: 0, refused: [] };

/**
 * A data set that gets no small number which the job hides now, whenever the records were read: everything
 * that leaves passes here. A record of which that cannot be told is refused without being sent.
 */
export function suppressing(target: Target, mapping: RecordSettings): Target {
  const suppress = compileSuppressor(mapping);
  if (suppress === undefined) return target;
  return {
    address: target.address,
    empty: (signal, waiting) => target.empty(signal, waiting),
    remove: (id, signal, waiting) => target.remove(id, signal, waiting),
    async post(batch, signal, waiting) {
      const refused: RefusedRecord[] = [];
      const texts = batch.records().flatMap(({ id, json }): string[] => {
        try {
          return [suppress(json)];
        } catch (error) {
          if (!(error instanceof NotARecordError)) throw error;
          const { message: reason, remedy } = error;
          refused.push({ id, json, cause: 'not-a-record', reason, remedy });
          return [];
        }
      });
      const isEmpty = texts.length === 0;
      const answer = isEmpty ? NOTHING_SENT : await target.post(Batch.of(texts), signal, waiting);
      return { ...answer, refused: [...refused, ...answer.refused] };
    },
  };
}
