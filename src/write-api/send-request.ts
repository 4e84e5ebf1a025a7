import type { RequestBody } from './compression.ts';
import type { Connection } from './connection.ts';
import type { HttpAnswer } from './http-exchange.ts';
import { codeOf, describe, isNetworkFailure, kindOfFailure } from './network-failure.ts';
import { kindOfAnswer, messagesIn, type RequestOutcome } from './outcome.ts';
import type { Redactor } from './redact.ts';
import { readRetryAfter } from './retry-policy.ts';
import { WriteApiError } from './write-api-error.ts';

/** Where the requests of one data set go, and how they are signed. */
export interface Endpoint {
  readonly connection: Connection;
  readonly path: string;
  readonly token: string;
  readonly userAgent: string;
  readonly redact: Redactor;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Reasons are for people: more than these are not read. */
const MOST_MESSAGES = 20;

/** What ends a request before it is answered. */
export interface RequestSignals {
  /** Ends it at once. */
  readonly signal: AbortSignal;
  /** Ends it as long as it has no connection. */
  readonly waiting: AbortSignal;
}

/** Sends one request, once, and tells what became of it. Throws the reason of a signal, or that the client is closed. */
export async function sendRequest(
  endpoint: Endpoint,
  method: 'POST' | 'PUT',
  body: RequestBody,
  { signal, waiting }: RequestSignals,
): Promise<RequestOutcome> {
  const { connection, path, redact } = endpoint;
  const request = { method, path, headers: headersFor(endpoint, body), body: body.bytes };
  try {
    return readAnswer(endpoint, await connection.exchange(request, signal, waiting));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (waiting.aborted && error === waiting.reason) throw error;
    if (connection.closed)
      throw new WriteApiError('The client is closed.', { kind: 'closed', side: 'internal' });
    if (!isNetworkFailure(error)) throw error;
    return { kind: kindOfFailure(error), code: codeOf(error), text: redact(describe(error)) };
  }
}

function headersFor(endpoint: Endpoint, body: RequestBody): Record<string, string> {
  return {
    authorization: `Bearer ${endpoint.token}`,
    'content-type': 'application/json',
    'content-length': String(body.bytes.length),
    'user-agent': endpoint.userAgent,
    ...(body.compressed && { 'content-encoding': 'gzip' }),
  };
}

function readAnswer({ redact, now }: Endpoint, { status, text, retryAfter }: HttpAnswer): RequestOutcome {
  const body = parseJson(text);
  const kind = kindOfAnswer(status, body, text);
  const wait = readRetryAfter(retryAfter, now());
  return {
    kind,
    status,
    messages: messagesIn(body).slice(0, MOST_MESSAGES).map(redact),
    text: kind === 'stored' ? '' : redact(text),
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
