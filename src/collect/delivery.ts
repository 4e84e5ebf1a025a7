import type { Acknowledgement, Target } from '../model/target.ts';
import type { Healed, MarkedBatch } from './marked-batch.ts';
import type { RunSignals } from './run-context.ts';

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
