import type { Persistence } from './retrying.ts';
import { questionFor, type Sender, type SendResult, type WriteCall, type WriteRequest } from './sender.ts';

/** So often in a row records are answered 500, and an empty list as stored each time, before they count as refused. */
const PROOFS = 3;

/**
 * While the host seems down it is tried once per max_delay: the question who is to blame must not miss its turn
 * narrowly.
 */
const TRIES_TO_BLAME = 2;

/** After a 500 it takes an empty list to tell whether the records are to blame. */
async function blame(result: SendResult, question: WriteRequest, asked: Sender): Promise<SendResult> {
  const { outcome } = await asked.send(question);
  return { ...result, blamed: outcome.kind === 'stored' };
}

const mayBeBlamed = ({ outcome }: SendResult, { purpose }: WriteRequest): boolean =>
  purpose === 'records' && outcome.status === 500;

/**
 * Asks after each 500 to suspected records who is to blame, they or the host; that may wait for a host that seems
 * down.
 */
export class BlamingAtOnce implements Sender {
  readonly #inner: Sender;
  readonly #persistence: Persistence;

  constructor(inner: Sender, persistence: Persistence) {
    this.#inner = inner;
    this.#persistence = persistence;
  }

  async send(request: WriteRequest): Promise<SendResult> {
    const result = await this.#inner.send(request);
    if (!request.suspected || result.hostDown || !mayBeBlamed(result, request)) return result;
    const { retry, timing } = this.#persistence;
    // The last attempt may itself have taken long.
    const latest = Math.max(request.deadline, timing.monotonic()) + TRIES_TO_BLAME * retry.max_delay;
    return await blame(result, questionFor(request, latest), this.#inner);
  }
}

/**
 * Survives records that the write API always answers 500. Once the time for retries is over it asks who is to blame.
 * Once some records of a call are, each further 500 of that call is asked about at once, without taking all the time
 * for retries.
 */
export class Proving implements Sender {
  readonly #repeated: Sender;
  readonly #once: Sender;
  readonly #persistence: Persistence;
  /** Some of their records were found to make the write API answer 500. */
  readonly #suspected = new WeakSet<WriteCall>();

  /**
   * @param repeated sends requests until they are answered for good, and asks about suspected ones
   * @param once sends questions
   */
  constructor(repeated: Sender, once: Sender, persistence: Persistence) {
    this.#repeated = repeated;
    this.#once = once;
    this.#persistence = persistence;
  }

  async send(request: WriteRequest): Promise<SendResult> {
    if (!this.#suspected.has(request.call)) {
      const result = await this.#judged(request);
      if (!result.blamed) return result;
      this.#suspected.add(request.call);
    }
    return await this.#proven({ ...request, suspected: true });
  }

  async #proven(request: WriteRequest): Promise<SendResult> {
    const { timing, retry } = this.#persistence;
    for (let proof = 1; ; proof += 1) {
      const result = await this.#judged(request);
      if (!result.blamed || proof === PROOFS) return result;
      await timing.sleep(retry.first_delay, request.call.waiting);
    }
  }

  async #judged(request: WriteRequest): Promise<SendResult> {
    const result = await this.#repeated.send(request);
    const isAsked = result.blamed !== undefined || result.attempts === 0;
    if (isAsked || !mayBeBlamed(result, request)) return result;
    const { timing, retry } = this.#persistence;
    const latest = timing.monotonic() + TRIES_TO_BLAME * retry.max_delay;
    return await blame(result, questionFor(request, latest), this.#once);
  }
}
