import { Batch } from '../model/batch.ts';
import { NotOffered } from '../model/data-set-reader.ts';
import type { Acknowledgement, Target } from '../model/target.ts';
import { type GivenUpRecords, NotingGivenUp, WaitingForGivenUp } from './after-unknown-outcome.ts';
import { AskingAfterBreak } from './asking-after-break.ts';
import { type Breaker, Breaking } from './breaker.ts';
import { Compressing, type Compression } from './compressing.ts';
import { type Subject, writeApiErrorOf } from './failure-of-outcome.ts';
import { Halving } from './halving.ts';
import { type Endpoint, HttpSender } from './http-sender.ts';
import { isolate } from './isolation.ts';
import { BlamingAtOnce, Proving } from './proving.ts';
import { refusedRecords, tooManyRefused } from './refused-records.ts';
import type { RetrySettings } from './retry-policy.ts';
import { type Retry, Retrying } from './retrying.ts';
import { callWith, EMPTY_LIST, questionFor, type Sender, type WriteRequest } from './sender.ts';
import type { Timing } from './timing.ts';

/** What became of one request. */
export interface Answer {
  /** `<data_group>/<data_type>` */
  readonly dataSet: string;
  /** Undefined when there was no answer. */
  readonly status: number | undefined;
}

export interface DeliverySettings {
  /** Most bytes of JSON in one request, before compression. */
  readonly max_batch_bytes: number;
  readonly retry: RetrySettings;
  /** Milliseconds for one request. */
  readonly timeout: number;
  readonly timing: Timing;
  readonly onAnswer: (answer: Answer) => void;
  readonly onRetry: (retry: Retry) => void;
}

const NO_BODY = Buffer.alloc(0);
/** What a write API answers that removes no single records. */
const WITHOUT_REMOVAL: ReadonlySet<number | undefined> = new Set([404, 405]);

/** What writers share: all of a write host, and all of the data set. */
export interface Shared {
  readonly breaker: Breaker;
  readonly compression: Compression;
  readonly givenUp: GivenUpRecords;
}

/**
 * One data set, ready to receive; calls may overlap. Here the layers of the client are put around each other, from
 * the one that sends a request once to the one that finds the records that are refused.
 */
export class DataSetWriter implements Target {
  readonly #subject: Subject;
  readonly #compression: Compression;
  readonly #timing: Timing;
  readonly #once: Sender;
  readonly #repeated: Sender;
  readonly #removing: Sender;
  readonly #parts: Halving;

  constructor(endpoint: Endpoint, subject: Subject, shared: Shared, settings: DeliverySettings) {
    const { dataSet } = subject;
    const { retry, timing, onAnswer, onRetry } = settings;
    const persistence = {
      retry,
      timing,
      onRetry: (told: Omit<Retry, 'dataSet'>) => onRetry({ dataSet, ...told }),
    };
    this.#subject = subject;
    this.#compression = shared.compression;
    this.#timing = timing;
    const http = new HttpSender(endpoint, (status) => onAnswer({ dataSet, status }));
    const breaking = new Breaking(http, shared.breaker, dataSet);
    const compressing = new Compressing(breaking, shared.compression);
    this.#once = new NotingGivenUp(compressing, shared.givenUp, settings.timeout, timing);
    const asking = new AskingAfterBreak(this.#once);
    const retrying = new Retrying(new BlamingAtOnce(asking, persistence), persistence);
    const proving = new Proving(retrying, this.#once, persistence);
    const waiting = (inner: Sender) => new WaitingForGivenUp(inner, shared.givenUp, timing);
    this.#repeated = waiting(retrying);
    this.#removing = waiting(new Retrying(this.#once, persistence));
    this.#parts = new Halving(waiting(proving), subject, settings.max_batch_bytes);
  }

  get address(): string {
    return this.#subject.address;
  }

  /**
   * Delivers the records, in order, in as many requests as their size asks for, all but those that are refused by
   * themselves. Throws a WriteApiError, also when too many are refused, or the signal's reason.
   */
  async post(batch: Batch, signal: AbortSignal, waiting = signal): Promise<Acknowledgement> {
    const call = callWith(signal, waiting);
    const { refused: found, abandoned } = await isolate(batch.count, (from, to) =>
      this.#parts.send(batch, from, to, call),
    );
    const refused = found.flatMap(({ index, refusal }) =>
      refusedRecords(batch.part(index, index + 1), refusal),
    );
    if (abandoned !== undefined) throw tooManyRefused(this.#subject.dataSet, refused, abandoned);
    return { requests: call.requests, bytesSent: call.bytesSent, refused };
  }

  /** Removes all records of the data set. The message is what the write API says about it. */
  async empty(
    signal: AbortSignal,
    waiting = signal,
  ): Promise<Omit<Acknowledgement, 'refused'> & { message: string }> {
    const call = callWith(signal, waiting);
    const request = { purpose: 'emptying', body: EMPTY_LIST, call, deadline: 0 } as const;
    const message = await this.#said(this.#repeated, request);
    return { requests: call.requests, bytesSent: call.bytesSent, message };
  }

  /**
   * Removes one record. Throws a WriteApiError, or the signal's reason. The record that takes its place may be posted at
   * once: it waits for what may still arrive.
   */
  async remove(id: string, signal: AbortSignal, waiting = signal): Promise<boolean | NotOffered> {
    const result = await this.#removing.send({
      purpose: 'removal',
      subpath: `/${encodeURIComponent(id)}`,
      body: NO_BODY,
      records: Batch.of([JSON.stringify({ _id: id })]),
      call: callWith(signal, waiting),
      deadline: 0,
    });
    const { kind, status, messages, text } = result.outcome;
    if (kind === 'stored') return true;
    if (kind === 'record-refused') return false;
    if (WITHOUT_REMOVAL.has(status)) return new NotOffered(`it answered ${status}: ${messages?.[0] ?? text}`);
    throw writeApiErrorOf(result, this.#subject);
  }

  /**
   * Asks once, without records and without waiting, whether the write API would take some, and takes them compressed.
   */
  async check(signal: AbortSignal): Promise<{ readonly takesCompressed: boolean }> {
    const isCompressed = this.#compression.isWanted;
    const question = questionFor({ call: callWith(signal) }, this.#timing.monotonic());
    await this.#said(this.#once, { ...question, compression: 'wanted' });
    return { takesCompressed: this.#compression.isWanted || !isCompressed };
  }

  /** What the write API says to a request without records. Throws a WriteApiError unless it is taken. */
  async #said(sender: Sender, request: WriteRequest): Promise<string> {
    const result = await sender.send(request);
    if (result.outcome.kind !== 'stored') throw writeApiErrorOf(result, this.#subject);
    return result.outcome.messages?.[0] ?? '';
  }
}
