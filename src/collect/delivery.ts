import type { Batch, RunCounts, Target } from './interfaces.ts';

/** The deliveries of one query: several batches on their way at once, stopped together by the first failure. */
export class Delivery {
  readonly #target: Target;
  readonly #limit: number;
  readonly #acknowledged: (batch: Batch) => void;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #onTheirWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #counts = { records: 0, requests: 0, bytesSent: 0 };

  /**
   * @param limit batches on their way at once: it bounds the memory, too
   * @param acknowledged called with each batch that is: nobody reads it any more
   */
  constructor(target: Target, limit: number, acknowledged: (batch: Batch) => void, signal: AbortSignal) {
    this.#target = target;
    this.#limit = limit;
    this.#acknowledged = acknowledged;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
  }

  /** What has been acknowledged. */
  get counts(): Omit<RunCounts, 'rows'> {
    return this.#counts;
  }

  /** Starts a delivery; resolves when there is room for the next one. Throws the first failure of any. */
  async send(batch: Batch): Promise<void> {
    const delivery = this.#deliver(batch).finally(() => this.#onTheirWay.delete(delivery));
    this.#onTheirWay.add(delivery);
    if (this.#onTheirWay.size >= this.#limit) await Promise.race(this.#onTheirWay);
    this.#throwFailure();
  }

  /** Resolves when everything sent is acknowledged. Throws the first failure of any. */
  async finish(): Promise<void> {
    await Promise.all(this.#onTheirWay);
    this.#throwFailure();
  }

  /** Gives up what is on its way; resolves when nothing is any more. */
  async abandon(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#onTheirWay);
  }

  async #deliver(batch: Batch): Promise<void> {
    try {
      const { requests, bytesSent } = await this.#target.post(batch, this.#signal);
      this.#counts.records += batch.ends.length;
      this.#counts.requests += requests;
      this.#counts.bytesSent += bytesSent;
      this.#acknowledged(batch);
    } catch (error) {
      this.#failure ??= { error };
      this.#stop.abort();
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
