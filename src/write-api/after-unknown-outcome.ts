import { hash } from 'node:crypto';
import { LONGEST_TIMER } from '../calendar/durations.ts';
import type { Sender, SendResult, WriteRequest } from './sender.ts';
import type { Timing } from './timing.ts';

interface GivenUp {
  /** Of the JSON of the record. */
  readonly digest: string;
  /** When it is no longer expected to be stored. */
  readonly until: number;
}

/** Records of a data set that are remembered; when there are more, the oldest are forgotten. */
const MOST_REMEMBERED = 20_000;

/** What may still be stored of requests to one data set that were given up. Times are on the monotonic clock. */
export class GivenUpRecords {
  /** By id, the latest at the end. */
  readonly #records = new Map<string, GivenUp>();
  #emptyingUntil = 0;

  /** Remembers a request that was given up and may arrive until some time; a question changes nothing. */
  note({ purpose, records }: WriteRequest, until: number): void {
    if (purpose === 'emptying') this.#emptyingUntil = until;
    for (const { id, json } of records?.records() ?? []) {
      this.#records.delete(id);
      if (id !== '') this.#records.set(id, { digest: digestOf(json), until });
    }
    for (const [id] of this.#records) {
      if (this.#records.size <= MOST_REMEMBERED) break;
      this.#records.delete(id);
    }
  }

  /** Until when a request has to wait, so that nothing which was given up replaces or removes what it brings. */
  waitFor({ purpose, records }: WriteRequest, now: number): number {
    this.#forget(now);
    if (purpose === 'emptying') return this.#last;
    if (records === undefined) return 0;
    return Math.max(this.#emptyingUntil, this.#records.size === 0 ? 0 : this.#others(records.records()));
  }

  /** Until when other versions of some records may arrive. */
  #others(records: readonly { readonly id: string; readonly json: string }[]): number {
    let until = 0;
    for (const { id, json } of records) {
      const givenUp = this.#records.get(id);
      if (givenUp !== undefined && givenUp.until > until && givenUp.digest !== digestOf(json))
        until = givenUp.until;
    }
    return until;
  }

  get #last(): number {
    return [...this.#records.values()].at(-1)?.until ?? 0;
  }

  #forget(now: number): void {
    for (const [id, { until }] of this.#records) {
      if (until > now) break;
      this.#records.delete(id);
    }
  }
}

const digestOf = (json: string): string => hash('sha256', json, 'base64');

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
