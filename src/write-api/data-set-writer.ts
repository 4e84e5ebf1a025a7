import type { Batch } from '../model/batch.ts';
import type { Acknowledgement, Target } from '../model/target.ts';
import type { Breaker, HostDown } from './breaker.ts';
import { type Compression, compressed, type RequestBody, UNSUPPORTED } from './compression.ts';
import { failureOf, type Subject } from './failure-message.ts';
import { isolate, type PartRefusal, type RefusedPart } from './isolation.ts';
import {
  type Answer,
  type Attempts,
  keepTrying,
  type LastOutcome,
  type Persistence,
  type Retry,
  type SendOnce,
} from './keep-trying.ts';
import type { RequestOutcome } from './outcome.ts';
import { largerThanAllowed, refusalOf, refusedRecords, tooManyRefused } from './refused-records.ts';
import type { RetrySettings } from './retry-policy.ts';
import { type Endpoint, sendRequest } from './send-request.ts';
import type { Timing } from './timing.ts';

export interface DeliverySettings {
  /** Most bytes of JSON in one request, before compression. */
  readonly max_batch_bytes: number;
  readonly retry: RetrySettings;
  readonly timing: Timing;
  readonly onAnswer: (answer: Answer) => void;
  readonly onRetry: (retry: Retry) => void;
}

/** What all data sets of a write host share. */
export interface WriteHost {
  readonly breaker: Breaker;
  readonly compression: Compression;
}

/** What one call of the writer has done so far. */
interface Call {
  readonly signal: AbortSignal;
  /** Ends what only waits. */
  readonly waiting: AbortSignal;
  requests: number;
  bytesSent: number;
  /** Whether some of its records were found to make the write API answer 500. */
  suspected: boolean;
}

/** What a request is for; a question carries no records. */
type Purpose = 'records' | 'question' | 'emptying';

const EMPTY_LIST: RequestBody = { bytes: Buffer.from('[]'), compressed: false };

/** After a 413 for n bytes the halves have about n / 2, some a little more. */
const PART_AFTER_REFUSAL = 0.55;

/** So often in a row records are answered 500, and an empty list as stored each time, before they count as refused. */
const PROOFS_OF_SERVER_ERROR = 3;

/** One data set, ready to receive. Learns how large a request may be; calls may overlap. */
export class DataSetWriter implements Target {
  readonly #endpoint: Endpoint;
  readonly #subject: Subject;
  readonly #host: WriteHost;
  readonly #settings: DeliverySettings;
  /** Most bytes of JSON in one request, as far as is known. */
  #largestBody: number;

  constructor(endpoint: Endpoint, subject: Subject, host: WriteHost, settings: DeliverySettings) {
    this.#endpoint = endpoint;
    this.#subject = subject;
    this.#host = host;
    this.#settings = settings;
    this.#largestBody = settings.max_batch_bytes;
  }

  /**
   * Delivers the records, in order, in as many requests as their size asks for, all but those that are refused by themselves.
   * Throws a WriteApiError, also when too many are refused, or the signal's reason.
   */
  async post(batch: Batch, signal: AbortSignal, waiting = signal): Promise<Acknowledgement> {
    const call = callWith(signal, waiting);
    const { refused: found, abandoned } = await isolate(batch.count, (from, to) =>
      this.#deliver(batch, from, to, call),
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
    const send = (deadline: number) => this.#send('emptying', EMPTY_LIST, call, deadline);
    const last = await keepTrying({ send, divisible: false }, this.#persistence(), waiting);
    if (last.outcome.kind !== 'stored') throw failureOf(last, this.#subject);
    return {
      requests: call.requests,
      bytesSent: call.bytesSent,
      message: last.outcome.messages?.[0] ?? '',
    };
  }

  /** Asks once, without records and without waiting, whether the write API would take some, and takes them compressed. */
  async check(signal: AbortSignal): Promise<{ readonly takesCompressed: boolean }> {
    const { compression } = this.#host;
    const isCompressed = compression.isWanted;
    const body = isCompressed ? await compressed(EMPTY_LIST) : EMPTY_LIST;
    const send = this.#sender('question', body, EMPTY_LIST, callWith(signal));
    const once = { ...this.#persistence(), retry: { ...this.#settings.retry, for: 0 } };
    const last = await keepTrying({ send, divisible: false }, once, signal);
    if (last.outcome.kind !== 'stored') throw failureOf(last, this.#subject);
    return { takesCompressed: compression.isWanted || !isCompressed };
  }

  /** Sends some records of a batch, cut into requests that are small enough. */
  async #deliver(batch: Batch, from: number, to: number, call: Call): Promise<RefusedPart | undefined> {
    const { bytes } = batch.part(from, to);
    const divisible = to - from > 1;
    if (bytes.length > this.#largestBody && divisible) return await this.#halve(batch, from, to, call);
    const limit = this.#settings.max_batch_bytes;
    if (bytes.length > limit) return { from, to, refusal: largerThanAllowed(bytes.length, limit) };
    const last = await this.#post(bytes, divisible, call);
    if (last.outcome.kind === 'stored') return undefined;
    if (last.outcome.kind === 'too-large' && divisible) {
      this.#largestBody = Math.min(this.#largestBody, Math.ceil(bytes.length * PART_AFTER_REFUSAL));
      return await this.#halve(batch, from, to, call);
    }
    return { from, to, refusal: this.#refusalOf(last) };
  }

  async #halve(batch: Batch, from: number, to: number, call: Call): Promise<RefusedPart | undefined> {
    const middle = from + Math.ceil((to - from) / 2);
    return (await this.#deliver(batch, from, middle, call)) ?? (await this.#deliver(batch, middle, to, call));
  }

  #refusalOf(last: LastOutcome): PartRefusal {
    const refusal = refusalOf(last);
    if (refusal === undefined) throw failureOf(last, this.#subject);
    return refusal;
  }

  async #post(json: Buffer, divisible: boolean, call: Call): Promise<LastOutcome> {
    const plain = { bytes: json, compressed: false };
    const attempts = {
      send: this.#sender('records', await this.#host.compression.pack(plain), plain, call),
      ask: (deadline: number) => this.#send('question', EMPTY_LIST, call, deadline),
      divisible,
    };
    if (!call.suspected) {
      const last = await keepTrying(attempts, this.#persistence(), call.waiting);
      if (!last.blamed) return last;
      call.suspected = true;
    }
    return await this.#prove(attempts, call.waiting);
  }

  /** Sends records that may be what the write API answers 500, without taking all the time for retries each time. */
  async #prove(attempts: Attempts, waiting: AbortSignal): Promise<LastOutcome> {
    const { timing, retry } = this.#settings;
    for (let proof = 1; ; proof += 1) {
      const last = await keepTrying({ ...attempts, suspected: true }, this.#persistence(), waiting);
      if (!last.blamed || proof === PROOFS_OF_SERVER_ERROR) return last;
      await timing.sleep(retry.first_delay, waiting);
    }
  }

  /** Sends the body each time as it is; one that is compressed goes once more without it where that may be what is refused. */
  #sender(purpose: Purpose, body: RequestBody, plain: RequestBody, call: Call): SendOnce {
    const { compression } = this.#host;
    return async (deadline) => {
      if (body.compressed && !compression.isWanted) return await this.#send(purpose, plain, call, deadline);
      const answer = await this.#send(purpose, body, call, deadline);
      if (!body.compressed || answer.kind === 'host-down' || !compression.mayBeAtFault(answer)) return answer;
      const without = await this.#send(purpose, plain, call, deadline);
      if (answer.status === UNSUPPORTED || without.kind === 'stored') compression.refused(answer.status);
      else if (without.kind === 'record-refused') await this.#askCompressed(call, deadline);
      return without;
    };
  }

  /** Refused both ways, the records are to blame; whether the compression is as well, an empty list tells. */
  async #askCompressed(call: Call, deadline: number): Promise<void> {
    const { compression } = this.#host;
    const answer = await this.#send('question', await compressed(EMPTY_LIST), call, deadline);
    if (answer.kind !== 'host-down' && compression.mayBeAtFault(answer)) compression.refused(answer.status);
  }

  #persistence(): Persistence {
    const { retry, timing, onRetry } = this.#settings;
    return { retry, timing, onRetry: (told) => onRetry({ dataSet: this.#subject.dataSet, ...told }) };
  }

  async #send(
    purpose: Purpose,
    body: RequestBody,
    call: Call,
    deadline: number,
  ): Promise<RequestOutcome | HostDown> {
    const { dataSet } = this.#subject;
    const send = async () => {
      call.requests += 1;
      call.bytesSent += body.bytes.length;
      const method = purpose === 'emptying' ? 'PUT' : 'POST';
      const outcome = await sendRequest(this.#endpoint, method, body, call);
      this.#settings.onAnswer({ dataSet, status: outcome.status });
      return outcome;
    };
    const isQuestion = purpose === 'question';
    return await this.#host.breaker.pass({ dataSet, deadline, isQuestion, signal: call.waiting, send });
  }
}

const callWith = (signal: AbortSignal, waiting = signal): Call => ({
  signal,
  waiting,
  requests: 0,
  bytesSent: 0,
  suspected: false,
});
