import type { Breaker } from './breaker.ts';
import type { Sender, SendResult, WriteRequest } from './sender.ts';

/** Lets requests pass only where the write host is not known to be down, until their deadline. */
export class Breaking implements Sender {
  readonly #inner: Sender;
  readonly #breaker: Breaker;
  readonly #dataSet: string;

  /** @param breaker that all requests to the write host pass */
  constructor(inner: Sender, breaker: Breaker, dataSet: string) {
    this.#inner = inner;
    this.#breaker = breaker;
    this.#dataSet = dataSet;
  }

  async send(request: WriteRequest): Promise<SendResult> {
    let result: SendResult | undefined;
    const answer = await this.#breaker.pass({
      dataSet: this.#dataSet,
      deadline: request.deadline,
      isQuestion: request.purpose === 'question',
      signal: request.call.waiting,
      send: async () => {
        result = await this.#inner.send(request);
        return result.outcome;
      },
    });
    if (answer.kind === 'host-down')
      return { outcome: answer.last, attempts: 0, elapsed: 0, hostDown: answer };
    return result ?? { outcome: answer, attempts: 1, elapsed: 0 };
  }
}
