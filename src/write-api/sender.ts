import type { Batch } from '../model/batch.ts';
import type { HostDown, RequestOutcome } from './outcome.ts';

/**
 * Sends requests of one data set. Every layer of the client is one: it is made of a sender, and survives one more thing
 * than that does. Throws the reason of a signal, and what nobody survives.
 */
export interface Sender {
  send(request: WriteRequest): Promise<SendResult>;
}

/** One call of those who use the client: what ends it, and what it has sent so far. */
export interface WriteCall {
  /** Ends it at once. */
  readonly signal: AbortSignal;
  /** Ends what only waits. */
  readonly waiting: AbortSignal;
  requests: number;
  bytesSent: number;
}

export interface WriteRequest {
  /** What it is for; a question carries no records. */
  readonly purpose: 'records' | 'question' | 'emptying' | 'removal';
  /** Behind the path of the data set; left out: nothing. */
  readonly subpath?: string;
  readonly body: Buffer;
  /** Whether the body is compressed already, or is to be, however small it is. Left out: as is worth it. */
  readonly compression?: 'done' | 'wanted';
  /** Those in the body; of one that is removed its `_id` alone. */
  readonly records?: Batch;
  readonly call: WriteCall;
  /** When to give up waiting for a host that is down, on the monotonic clock. */
  readonly deadline: number;
  /** Whether its records may be what the write API answers 500. */
  readonly suspected?: boolean;
}

/** What became of a request. */
export interface SendResult {
  readonly outcome: RequestOutcome;
  /** How often it was tried. */
  readonly attempts: number;
  /** Milliseconds since the first attempt began. */
  readonly elapsed: number;
  /** Whether the records were answered 500, and then an empty list as stored. Undefined: nobody has asked. */
  readonly blamed?: boolean | undefined;
  /**
   * Set when the request gave up waiting for a host that answers nobody; the outcome is then perhaps that of another
   * request.
   */
  readonly hostDown?: HostDown;
}

export const EMPTY_LIST: Buffer = Buffer.from('[]');

export const callWith = (signal: AbortSignal, waiting = signal): WriteCall => ({
  signal,
  waiting,
  requests: 0,
  bytesSent: 0,
});

/** The question, in place of a request, whether the write API would take one, without records. */
export const questionFor = ({ call }: Pick<WriteRequest, 'call'>, deadline: number): WriteRequest => ({
  purpose: 'question',
  body: EMPTY_LIST,
  call,
  deadline,
});
