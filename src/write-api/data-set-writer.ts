import type { Acknowledgement, Batch, Target } from '../collect/interfaces.ts';
import { partOf, textsOf } from './batch.ts';
import { failureOf, type Subject } from './failure-message.ts';
import { type Attempts, keepTrying, type LastOutcome, type Retry } from './keep-trying.ts';
import type { Outcome } from './outcome.ts';
import { EMPTY_LIST, packBody, type RequestBody } from './request-body.ts';
import type { RetrySettings } from './retry-policy.ts';
import { type Endpoint, sendRequest } from './send-request.ts';
import type { Timing } from './timing.ts';
import { WriteApiError } from './write-api-error.ts';

export interface DeliverySettings {
  /** Most bytes of JSON in one request, before compression. */
  readonly max_batch_bytes: number;
  readonly gzip: boolean;
  readonly retry: RetrySettings;
  readonly timing: Timing;
  readonly onRetry: (retry: Retry) => void;
}

/** What one call has sent so far. */
interface Tally {
  requests: number;
  bytesSent: number;
}

/** After a 413 for n bytes the halves have about n / 2, some a little more. */
const PART_AFTER_REFUSAL = 0.55;

/** One data set, ready to receive. Learns how large a request may be; calls may overlap. */
export class DataSetWriter implements Target {
  readonly #endpoint: Endpoint;
  readonly #subject: Subject;
  readonly #settings: DeliverySettings;
  /** Most bytes of JSON in one request, as far as is known. */
  #largestBody: number;

  constructor(endpoint: Endpoint, subject: Subject, settings: DeliverySettings) {
    this.#endpoint = endpoint;
    this.#subject = subject;
    this.#settings = settings;
    this.#largestBody = settings.max_batch_bytes;
  }

  /** Delivers the records, in order, in as many requests as their size asks for. Throws a WriteApiError or the signal's reason. */
  async post(batch: Batch, signal: AbortSignal): Promise<Acknowledgement> {
    const tally = { requests: 0, bytesSent: 0 };
    if (batch.ends.length > 0) await this.#deliver(batch, tally, signal);
    return tally;
  }

  /** Removes all records of the data set. The message is what the write API says about it. */
  async empty(signal: AbortSignal): Promise<Acknowledgement & { message: string }> {
    const tally = { requests: 0, bytesSent: 0 };
    const send = () => this.#send('PUT', EMPTY_LIST, tally, signal);
    const last = await this.#keepTrying({ send, divisible: false }, signal);
    if (last.outcome.kind !== 'stored') throw failureOf(last, this.#subject);
    return { ...tally, message: last.outcome.messages?.[0] ?? '' };
  }

  /** Asks once, without records, whether the write API would take some. */
  async check(signal: AbortSignal): Promise<void> {
    const outcome = await this.#send('POST', EMPTY_LIST, { requests: 0, bytesSent: 0 }, signal);
    if (outcome.kind !== 'stored') throw failureOf({ outcome, attempts: 1, elapsed: 0 }, this.#subject);
  }

  async #deliver(batch: Batch, tally: Tally, signal: AbortSignal): Promise<void> {
    const { bytes, ends } = batch;
    const divisible = ends.length > 1;
    if (bytes.length > this.#largestBody && divisible) return await this.#halve(batch, tally, signal);
    if (bytes.length > this.#settings.max_batch_bytes) throw this.#tooLargeToSend(batch);
    const last = await this.#post(bytes, divisible, tally, signal);
    if (last.outcome.kind === 'stored') return;
    if (last.outcome.kind !== 'too-large' || !divisible) {
      throw failureOf(last, { ...this.#subject, record: nameOfSingle(batch) });
    }
    this.#largestBody = Math.min(this.#largestBody, Math.ceil(bytes.length * PART_AFTER_REFUSAL));
    await this.#halve(batch, tally, signal);
  }

  async #halve(batch: Batch, tally: Tally, signal: AbortSignal): Promise<void> {
    const middle = Math.ceil(batch.ends.length / 2);
    await this.#deliver(partOf(batch, 0, middle), tally, signal);
    await this.#deliver(partOf(batch, middle, batch.ends.length), tally, signal);
  }

  async #post(json: Buffer, divisible: boolean, tally: Tally, signal: AbortSignal): Promise<LastOutcome> {
    const body = await packBody(json, this.#settings.gzip);
    const send = () => this.#send('POST', body, tally, signal);
    const ask = () => this.#send('POST', EMPTY_LIST, tally, signal);
    return await this.#keepTrying({ send, ask, divisible }, signal);
  }

  async #keepTrying(attempts: Attempts, signal: AbortSignal): Promise<LastOutcome> {
    const { retry, timing, onRetry } = this.#settings;
    const tell = (told: Omit<Retry, 'dataSet'>) => onRetry({ dataSet: this.#subject.dataSet, ...told });
    return await keepTrying(attempts, retry, timing, tell, signal);
  }

  async #send(
    method: 'POST' | 'PUT',
    body: RequestBody,
    tally: Tally,
    signal: AbortSignal,
  ): Promise<Outcome> {
    tally.requests += 1;
    tally.bytesSent += body.bytes.length;
    return await sendRequest(this.#endpoint, method, body, signal);
  }

  #tooLargeToSend(batch: Batch): WriteApiError {
    const limit = this.#settings.max_batch_bytes;
    return new WriteApiError(
      `In data set ${this.#subject.dataSet}, ${nameOfSingle(batch)} takes ${batch.bytes.length} bytes, more than max_batch_bytes (${limit}).`,
      {
        kind: 'too-large',
        side: 'refused',
        remedy: 'Select fewer or shorter columns, or raise max_batch_bytes.',
      },
    );
  }
}

/** A record that is alone in its batch, for messages. */
function nameOfSingle(batch: Batch): string | undefined {
  if (batch.ends.length !== 1) return undefined;
  const id = /"_id":("(?:[^"\\]|\\.)*")/.exec(textsOf(batch)[0] ?? '')?.[1];
  return id === undefined ? 'a record' : `record ${JSON.parse(id)}`;
}
