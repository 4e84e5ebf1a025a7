import { delayBeforeRetry, type RetrySettings } from './retry-policy.ts';
import type { Sender, SendResult, WriteRequest } from './sender.ts';
import type { Timing } from './timing.ts';

/** A request that will be sent again, and why. */
export interface Retry {
  /** `<data_group>/<data_type>` */
  readonly dataSet: string;
  /** Status of the answer; undefined when there was none. */
  readonly status: number | undefined;
  /** What was answered, or what became of the connection. No secret is in it. */
  readonly reason: string;
  /** How often the request has been tried. */
  readonly attempt: number;
  /** Milliseconds until it is sent again; longer while the write host is down. */
  readonly delay: number;
}

/** How to keep trying, and who is told. */
export interface Persistence {
  readonly retry: RetrySettings;
  readonly timing: Timing;
  readonly onRetry: (retry: Omit<Retry, 'dataSet'>) => void;
}

/** Sends a request again, the same object each time, until it is answered for good or the time for retries is over. */
export class Retrying implements Sender {
  readonly #inner: Sender;
  readonly #persistence: Persistence;

  constructor(inner: Sender, persistence: Persistence) {
    this.#inner = inner;
    this.#persistence = persistence;
  }

  /** The deadline of the request is the end of the retries, whatever it was. */
  async send(request: WriteRequest): Promise<SendResult> {
    const { retry, timing, onRetry } = this.#persistence;
    const start = timing.monotonic();
    const repeated = { ...request, deadline: start + retry.for };
    let last: SendResult | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.#inner.send(repeated);
      const elapsed = timing.monotonic() - start;
      const { hostDown } = result;
      if (hostDown) return { ...(last ?? result), elapsed, hostDown, blamed: undefined };
      last = { ...result, attempts: attempt, elapsed };
      const { kind, status, messages, text, retryAfter } = result.outcome;
      const delay = delayBeforeRetry({ kind, attempt, elapsed, retryAfter, random: timing.random() }, retry);
      if (last.blamed || delay === undefined) return last;
      onRetry({ status, reason: messages?.[0] ?? text, attempt, delay: Math.round(delay) });
      await timing.sleep(delay, request.call.waiting);
    }
  }
}
