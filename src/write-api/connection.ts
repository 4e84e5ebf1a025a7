import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Dispatcher, Pool } from 'undici';
import type { ProxyServer } from './address.ts';
import { within } from './deadline.ts';
import { ConnectionFailure, DeadlineExceeded } from './network-failure.ts';
import { openSocket, type Route } from './open-socket.ts';

// The two parts that are needed load in half the time of the whole package, which would join them.
const require = createRequire(import.meta.url);
const UndiciPool: typeof Pool = require('undici/lib/dispatcher/pool.js');
const requestOver: { call: (pool: Pool, options: PoolRequest) => Promise<Dispatcher.ResponseData> } =
  require('undici/lib/api/api-request.js');

type PoolRequest = Omit<Dispatcher.RequestOptions, 'origin'>;

/** Answers are short; what a stranger sends beyond this is not read. */
const LONGEST_ANSWER = 1_048_576;

export interface ConnectionSettings extends Route {
  /** Milliseconds for one request, from its start to the end of the answer. */
  readonly timeout: number;
  /** Most sockets at a time; further requests wait for one. */
  readonly connections: number;
}

export interface HttpRequest {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/**
 * Kept-alive sockets to the write host. Time-outs are ours: the pool's own do not fire while a request
 * waits for a socket or for a proxy.
 */
export class Connection {
  readonly #pool: Pool;
  readonly #settings: ConnectionSettings;
  readonly #closing = new AbortController();

  constructor(settings: ConnectionSettings) {
    this.#settings = settings;
    this.#pool = new UndiciPool(forwarder(settings)?.url.origin ?? settings.target.origin, {
      connections: settings.connections,
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_options, callback) => {
        this.#open().then(
          (socket) => callback(null, socket),
          (error: Error) => callback(error, null),
        );
      },
    });
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /**
   * Sends one request and reads its answer to the end. Throws the signal's reason, a ConnectionFailure,
   * DeadlineExceeded, or what broke the connection. What was still waiting to be sent then is never sent.
   */
  async exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { timeout } = this.#settings;
    const overdue = () => new DeadlineExceeded(timeout);
    return await within({ timeout, overdue, signal }, (limited) => this.#send(request, limited));
  }

  /** Ends all connections at once; requests on their way fail. May be called again. */
  async close(): Promise<void> {
    this.#closing.abort(new ConnectionFailure('unreachable', 'the client was closed'));
    await this.#pool.destroy();
  }

  async #send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const answer = await requestOver.call(this.#pool, { ...throughProxy(request, this.#settings), signal });
    const text = await readText(answer.body);
    // The pool needs a turn of the event loop to see that the socket is free; before, it would open another.
    await setImmediate();
    const retryAfter = answer.headers['retry-after'];
    return {
      status: answer.statusCode,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : retryAfter?.[0],
      text,
    };
  }

  /** A request gives up by itself; this ends the connecting that it began. */
  async #open(): Promise<Socket> {
    const { timeout } = this.#settings;
    const overdue = () => new ConnectionFailure('timeout', `no connection within ${timeout} ms`);
    const limits = { timeout, overdue, signal: this.#closing.signal };
    return await within(limits, (limited) => openSocket(this.#settings, limited));
  }
}

/** The proxy, where it forwards requests itself instead of opening a tunnel: for http. */
function forwarder({ target, proxy }: ConnectionSettings): ProxyServer | undefined {
  return target.protocol === 'http:' ? proxy : undefined;
}

function throughProxy(request: HttpRequest, settings: ConnectionSettings): HttpRequest {
  const proxy = forwarder(settings);
  if (proxy === undefined) return request;
  const { target } = settings;
  return {
    ...request,
    path: `${target.origin}${request.path}`,
    headers: {
      ...request.headers,
      host: target.host,
      ...(proxy.authorization && { 'proxy-authorization': proxy.authorization }),
    },
  };
}

async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_ANSWER) break; // leaving the loop closes the socket
  }
  return Buffer.concat(chunks).toString('utf8', 0, LONGEST_ANSWER);
}
