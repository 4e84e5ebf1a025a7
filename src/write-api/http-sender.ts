import type { HttpAnswer } from './http-exchange.ts';
import { GATEWAY_TIMEOUT, kindOfAnswer, messagesIn, parsedAnswer, type RequestOutcome } from './outcome.ts';
import { outcomeOfError } from './outcome-of-error.ts';
import type { Redactor } from './redact.ts';
import { readRetryAfter } from './retry-policy.ts';
import type { Sender, SendResult, WriteRequest } from './sender.ts';
import type { Timing } from './timing.ts';
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

const METHODS = { records: 'POST', question: 'POST', emptying: 'PUT', removal: 'DELETE' } as const;

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
    const sent = {
      method: METHODS[request.purpose],
      path: path + (request.subpath ?? ''),
      headers: headersFor(this.#endpoint, request),
      body: request.purpose === 'removal' ? undefined : request.body,
    };
    try {
      return readAnswer(this.#endpoint, await host.exchange(sent, signal, waiting));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (waiting.aborted && error === waiting.reason) throw error;
      return outcomeOfError(error, host, redact);
    }
  }
}

function headersFor(
  endpoint: Endpoint,
  { purpose, body, compression }: WriteRequest,
): Record<string, string> {
  return {
    authorization: `Bearer ${endpoint.token}`,
    'user-agent': endpoint.userAgent,
    ...(purpose !== 'removal' && {
      'content-type': 'application/json',
      'content-length': String(body.length),
    }),
    ...(compression === 'done' && { 'content-encoding': 'gzip' }),
  };
}

function readAnswer({ redact, timing }: Endpoint, { status, text, retryAfter }: HttpAnswer): RequestOutcome {
  const body = parsedAnswer(text);
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
