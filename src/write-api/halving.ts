import type { Batch } from '../model/batch.ts';
import { type Subject, writeApiErrorOf } from './failure-of-outcome.ts';
import type { RefusedPart } from './isolation.ts';
import { largerThanAllowed, refusalOf } from './refused-records.ts';
import type { Sender, WriteCall } from './sender.ts';

/** After a 413 for n bytes the halves have about n / 2, some a little more. */
const PART_AFTER_REFUSAL = 0.55;

/**
 * Sends records in requests that are small enough, halving them where they are not, and learns how large one may be.
 */
export class Halving {
  readonly #inner: Sender;
  readonly #subject: Subject;
  readonly #limit: number;
  /** Most bytes of JSON in one request, as far as is known. */
  #largestBody: number;

  /** @param limit most bytes of JSON in one request, before compression */
  constructor(inner: Sender, subject: Subject, limit: number) {
    this.#inner = inner;
    this.#subject = subject;
    this.#limit = limit;
    this.#largestBody = limit;
  }

  /**
   * Sends the records of a batch from one index to another, which is excluded, in order; gives the first of them that
   * were refused. Throws a WriteApiError where the trouble is not with the records.
   */
  async send(batch: Batch, from: number, to: number, call: WriteCall): Promise<RefusedPart | undefined> {
    const records = batch.part(from, to);
    const { bytes: body, count } = records;
    if (body.length > this.#largestBody && count > 1) return await this.#halve(batch, from, to, call);
    if (body.length > this.#limit) return { from, to, refusal: largerThanAllowed(body.length, this.#limit) };
    const result = await this.#inner.send({ purpose: 'records', body, records, call, deadline: 0 });
    if (result.outcome.kind === 'stored') return undefined;
    if (result.outcome.kind === 'too-large' && count > 1) {
      this.#largestBody = Math.min(this.#largestBody, Math.ceil(body.length * PART_AFTER_REFUSAL));
      return await this.#halve(batch, from, to, call);
    }
    const refusal = refusalOf(result);
    if (refusal === undefined) throw writeApiErrorOf(result, this.#subject);
    return { from, to, refusal };
  }

  async #halve(batch: Batch, from: number, to: number, call: WriteCall): Promise<RefusedPart | undefined> {
    const middle = from + Math.ceil((to - from) / 2);
    return (await this.send(batch, from, middle, call)) ?? (await this.send(batch, middle, to, call));
  }
}
