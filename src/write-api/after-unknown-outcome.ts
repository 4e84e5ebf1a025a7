import { LONGEST_TIMER } from '../calendar/durations.ts';
import type { GivenUpRecords } from './given-up-records.ts';
import type { Sender, SendResult, WriteRequest } from './sender.ts';
import type { Timing } from './timing.ts';

/** Notes of each request that is given up on its way what it may store later. */
export class NotingGivenUp implements Sender {
  readonly #inner: Sender;
  readonly #givenUp: GivenUpRecords;
  readonly #timeout: number;
  readonly #timing: Timing;

  /**
   * @param givenUp what is known of the data set
   * @param timeout how long a request may take; for as long again it is expected after it was given up
   */
  constructor(inner: Sender, givenUp: GivenUpRecords, timeout: number, timing: Timing) {
    this.#inner = inner;
    this.#givenUp = givenUp;
    this.#timeout = timeout;
    this.#timing = timing;
  }

  async send(request: WriteRequest): Promise<SendResult> {
    const { call } = request;
    const before = call.requests;
    try {
      const result = await this.#inner.send(request);
      if (result.outcome.mayArriveLate && !result.hostDown) this.#note(request);
      return result;
    } catch (error) {
      if (call.signal.aborted && call.requests > before) this.#note(request);
      throw error;
    }
  }

  #note(request: WriteRequest): void {
    this.#givenUp.note(request, this.#timing.monotonic() + this.#timeout);
  }
}

/**
 * Survives requests that are stored after they were given up: they would replace a later version of one of their
 * records, so that one waits until they can be expected to have arrived. The same record again need not wait,
 * whatever it is sent with.
 */
export class WaitingForGivenUp implements Sender {
  readonly #inner: Sender;
  readonly #givenUp: GivenUpRecords;
  readonly #timing: Timing;

  constructor(inner: Sender, givenUp: GivenUpRecords, timing: Timing) {
    this.#inner = inner;
    this.#givenUp = givenUp;
    this.#timing = timing;
  }

  async send(request: WriteRequest): Promise<SendResult> {
    for (;;) {
      const now = this.#timing.monotonic();
      const until = this.#givenUp.waitFor(request, now);
      if (until <= now) return await this.#inner.send(request);
      // Meanwhile others may be given up.
      await this.#timing.sleep(Math.min(until - now, LONGEST_TIMER), request.call.waiting);
    }
  }
}
