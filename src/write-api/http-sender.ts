import type { HttpAnswer } from './http-exchange.ts';
import { codeOf, describe, isNetworkFailure, kindOfFailure, mayArriveLate } from './network-failure.ts';
import { GATEWAY_TIMEOUT, kindOfAnswer, messagesIn, type RequestOutcome } from './outcome.ts';
import type { Redactor } from './redact.ts';
import { readRetryAfter } from './retry-policy.ts';
import type { Sender, SendResult, WriteRequest } from './sender.ts';
import type { Timing } from './timing.ts';
import { WriteApiError } from './write-api-error.ts';
import type { WriteHost } from './write-host.ts';

/** Where the requests of one data set go, and how they are signed. */
export interface Endpoint {
  readonly host: WriteHost;
  readonly path: string;
  readonly token: string;
  readonly userAgent: string;
  readonly redact: Redactor;
  readonly timing: Timing;
}

/** Reasons are for people: more than these are not read. */
const MOST_MESSAGES = 20;

/** Sends each request once, and tells what its answer means. It survives nothing. */
export class HttpSender implements Sender {
  readonly #endpoint: Endpoint;
  readonly #onAnswer: (status: number | undefined) => void;

  constructor(endpoint: Endpoint, onAnswer: (status: number | undefined) => void) {
    this.#endpoint = endpoint;
    this.#onAnswer = onAnswer;
  }

  /** Throws the reason of a signal, or that the client is closed. */
  async send(request: WriteRequest): Promise<SendResult> {
    const { call, body } = request;
    const { timing } = this.#endpoint;
    const start = timing.monotonic();
    call.requests += 1;
    call.bytesSent += body.length;
    const outcome = await this.#exchange(request);
    this.#onAnswer(outcome.status);
    return { outcome, attempts: 1, elapsed: timing.monotonic() - start };
  }

  async #exchange(request: WriteRequest): Promise<RequestOutcome> {
    const { host, path, redact } = this.#endpoint;
    const { signal, waiting } = request.call;
    const method = request.purpose === 'emptying' ? 'PUT' : 'POST';
    const sent = { method, path, headers: headersFor(this.#endpoint, request), body: request.body } as const;
    try {
      return readAnswer(this.#endpoint, await host.exchange(sent, signal, waiting));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (waiting.aborted && error === waiting.reason) throw error;
      if (host.closed) throw new WriteApiError('The client is closed.', { kind: 'closed', side: 'internal' });
      if (!isNetworkFailure(error)) throw error;
      return {
        kind: kindOfFailure(error),
        code: codeOf(error),
        text: redact(describe(error)),
        mayArriveLate: mayArriveLate(error),
      };
    }
  }
}

function headersFor(endpoint: Endpoint, { body, compression }: WriteRequest): Record<string, string> {
  return {
    authorization: `Bearer ${endpoint.token}`,
    'content-type': 'application/json',
    'content-length': String(body.length),
    'user-agent': endpoint.userAgent,
    ...(compression === 'done' && { 'content-encoding': 'gzip' }),
  };
}

function readAnswer({ redact, timing }: Endpoint, { status, text, retryAfter }: HttpAnswer): RequestOutcome {
  const body = parseJson(text);
  const kind = kindOfAnswer(status, body, text);
  const wait = readRetryAfter(retryAfter, timing.now());
  return {
    kind,
    status,
    messages: messagesIn(body).slice(0, MOST_MESSAGES).map(redact),
    text: kind === 'stored' ? '' : redact(text),
    mayArriveLate: status === GATEWAY_TIMEOUT,
    ...(wait !== undefined && { retryAfter: wait }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
