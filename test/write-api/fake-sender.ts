import { Batch } from '../../src/model/batch.ts';
import type { RequestOutcome } from '../../src/write-api/outcome.ts';
import type { Sender, SendResult, WriteCall, WriteRequest } from '../../src/write-api/sender.ts';
import { callWith } from '../../src/write-api/sender.ts';

export const STORED: RequestOutcome = { kind: 'stored', status: 200, text: '' };
export const DOWN: SendResult = {
  outcome: { kind: 'not-now', status: 500, text: '' },
  attempts: 0,
  elapsed: 0,
  hostDown: {
    kind: 'host-down',
    failures: 5,
    elapsed: 1_000,
    last: { kind: 'not-now', status: 500, text: '' },
  },
};

export const requestOf = (
  texts: readonly string[],
  call: WriteCall = callWith(new AbortController().signal),
): WriteRequest => {
  const records = Batch.of(texts);
  return { purpose: 'records', body: records.bytes, records, call, deadline: 0 };
};

export const emptyingWith = (call = callWith(new AbortController().signal)): WriteRequest => ({
  purpose: 'emptying',
  body: Buffer.from('[]'),
  call,
  deadline: 0,
});

type Reply = RequestOutcome | SendResult | Error;

/**
 * The layer below: answers what it is told to, in order, then that everything is stored; remembers what it was sent.
 */
export class FakeSender implements Sender {
  readonly requests: WriteRequest[] = [];
  readonly #replies: Reply[];
  readonly #otherwise: (request: WriteRequest) => Reply;

  constructor(replies: readonly Reply[] = [], otherwise: (request: WriteRequest) => Reply = () => STORED) {
    this.#replies = [...replies];
    this.#otherwise = otherwise;
  }

  get bodies(): string[] {
    return this.requests.map(({ body }) => body.toString());
  }

  async send(request: WriteRequest): Promise<SendResult> {
    this.requests.push(request);
    request.call.requests += 1;
    const reply = this.#replies.shift() ?? this.#otherwise(request);
    if (reply instanceof Error) throw reply;
    return 'outcome' in reply ? reply : { outcome: reply, attempts: 1, elapsed: 0 };
  }
}
