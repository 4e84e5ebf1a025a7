import type { OutcomeKind } from './outcome.ts';
import { questionFor, type Sender, type SendResult, type WriteRequest } from './sender.ts';

/** What an empty list is answered with when the trouble lies with the request itself, or is over. */
const NO_OBJECTION: ReadonlySet<OutcomeKind> = new Set<OutcomeKind>([
  'stored',
  'record-refused',
  'refused',
  'too-large',
]);

/**
 * Survives answers that are lost because they come early. A large request can be answered before it is read to its
 * end: the sender then sees a broken connection instead of a 401, 404 or 413. So after a break the write API is asked
 * first with an empty list, which it reads to the end; and a request that breaks twice although that is answered well
 * counts as too large.
 */
export class AskingAfterBreak implements Sender {
  readonly #inner: Sender;
  /** How often a request has broken; one that is sent again is the same object. */
  readonly #breaks = new WeakMap<WriteRequest, number>();

  constructor(inner: Sender) {
    this.#inner = inner;
  }

  async send(request: WriteRequest): Promise<SendResult> {
    if (request.records === undefined) return await this.#inner.send(request);
    const breaks = this.#breaks.get(request) ?? 0;
    const objection = breaks > 0 ? await this.#objectionTo(request) : undefined;
    if (objection !== undefined) return objection;
    const result = await this.#inner.send(request);
    if (result.hostDown || result.outcome.kind !== 'cut-off') return result;
    this.#breaks.set(request, breaks + 1);
    const isTooLarge = breaks > 0 && request.records.count > 1;
    return isTooLarge ? { ...result, outcome: { ...result.outcome, kind: 'too-large' } } : result;
  }

  async #objectionTo(request: WriteRequest): Promise<SendResult | undefined> {
    const answer = await this.#inner.send(questionFor(request, request.deadline));
    return answer.hostDown || !NO_OBJECTION.has(answer.outcome.kind) ? answer : undefined;
  }
}
