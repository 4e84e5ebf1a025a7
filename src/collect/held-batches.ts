import type { Batches } from '../records/batches.ts';
import { WithheldError } from './failures.ts';
import type { MarkedBatch } from './marked-batch.ts';
import { noteSoFar, type RunContext } from './run-context.ts';

/** Bytes of JSON that wait in memory: as many as some requests have. What comes behind them waits in the state. */
const MOST_BYTES = 4_194_304;

/**
 * The batches of a query until it is known whether they may leave. Few wait in memory; many would not fit there, and
 * reading them a second time would give other rows than those that were judged.
 */
export class HeldBatches {
  readonly #context: RunContext;
  readonly #batches: Batches;
  readonly #inMemory: MarkedBatch[] = [];
  /** What is known of those that are stored. */
  readonly #stored: Omit<MarkedBatch, 'batch'>[] = [];
  #bytes = 0;
  #place: number | undefined;

  /** @param batches to which the memory of those goes back that are stored */
  constructor(context: RunContext, batches: Batches) {
    this.#context = context;
    this.#batches = batches;
  }

  async add(marked: MarkedBatch): Promise<void> {
    const { batch, ...mark } = marked;
    this.#bytes += batch.bytes.length;
    if (this.#bytes <= MOST_BYTES) {
      this.#inMemory.push(marked);
      return;
    }
    const { state, job, run } = this.#context;
    this.#place ??= await state.beginPending(job.name, run.startedAt);
    await state.addPending(this.#place, batch);
    this.#batches.recycle(batch);
    this.#stored.push(mark);
    await noteSoFar(this.#context);
  }

  /** Gives all of them, in their order, each once. */
  async giveTo(send: (batch: MarkedBatch) => Promise<void>): Promise<void> {
    const { state, signals } = this.#context;
    for (let marked = this.#inMemory.shift(); marked !== undefined; marked = this.#inMemory.shift()) {
      signals.read.throwIfAborted();
      await send(marked);
    }
    let last: number | undefined;
    for (const mark of this.#stored) {
      signals.read.throwIfAborted();
      const next = this.#place === undefined ? undefined : await state.nextPending(this.#place, last);
      if (next === undefined) throw gone();
      last = next.id;
      await send({ ...mark, batch: next.batch });
    }
  }

  /** Forgets those that are stored. Where that fails the next run does it. */
  async discard(): Promise<void> {
    if (this.#place === undefined) return;
    await this.#context.state.discardPending(this.#place).catch(() => undefined);
  }
}

const gone = () =>
  new WithheldError(
    'the records that this run had stored are gone: another process has run the job in the meantime',
    'See that only one pp-db-collector works with this state at a time; the next run collects them again.',
  );
