import { finished } from 'node:stream/promises';
import { LONGEST_TIMER } from '../calendar/durations.ts';
import type { ProxyServer } from './address.ts';
import { ConnectionPool } from './connection-pool.ts';
import type { BegunAnswer, HttpAnswer, HttpRequest } from './http-exchange.ts';
import { ConnectionFailure, DeadlineExceeded } from './network-failure.ts';
import { openSocket, type SocketRoute } from './open-socket.ts';

/** What ends a piece of work early. */
interface Limits {
  /** Milliseconds. */
  readonly timeout: number;
  /** What is thrown when they are over. */
  readonly overdue: () => Error;
  readonly signals: readonly AbortSignal[];
}

/**
 * Runs `work` until it ends, the time is over or a signal is aborted, whichever comes first, and does
 * not wait for work that is slow to notice. Work learns of the end by the signal that it is given.
 */
async function within<Result>(
  limits: Limits,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  for (const signal of limits.signals) signal.throwIfAborted();
  const aborter = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (reason: unknown) => {
    reject(reason);
    aborter.abort(reason);
  };
  const abort = ({ target }: Event) => end((target as AbortSignal).reason);
  const timer = setTimeout(() => end(limits.overdue()), Math.min(limits.timeout, LONGEST_TIMER));
  for (const signal of limits.signals) signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work(aborter.signal), ended]);
  } finally {
    clearTimeout(timer);
    for (const signal of limits.signals) signal.removeEventListener('abort', abort);
  }
}

interface WriteHostSettings extends SocketRoute {
  /** Milliseconds for one request, from its start to the end of the answer. */
  readonly timeout: number;
  /** Most sockets at a time; further requests wait for one. */
  readonly connections: number;
}

/** The write host, spoken to over a few connections that are kept alive. */
export class WriteHost {
  #pool: ConnectionPool | undefined;
  readonly #settings: WriteHostSettings;
  readonly #closing = new AbortController();

  constructor(settings: WriteHostSettings) {
    this.#settings = settings;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /**
   * Sends one request and reads its answer to the end. Throws the reason of a signal, a ConnectionFailure,
   * DeadlineExceeded, or what broke the connection. What was still waiting to be sent then is never sent.
   *
   * @param waiting ends the request only as long as it has no connection
   */
  async exchange(request: HttpRequest, signal: AbortSignal, waiting = signal): Promise<HttpAnswer> {
    return await this.#inTime(signal, (limited, pool, done) => {
      const opening = waiting === signal ? limited : AbortSignal.any([limited, waiting]);
      const sent = throughProxy(request, this.#settings);
      return pool.use(opening, (connection) => connection.send(sent, limited, { signal: opening, done }));
    });
  }

  /**
   * Sends one request and gives its answer as soon as the head is there; the body may then take any time, but no longer
   * than the timeout from one piece to the next. Throws as `exchange` does; so does the body, also the signal's reason.
   */
  async begin(request: HttpRequest, signal: AbortSignal): Promise<BegunAnswer> {
    const { promise: begun, resolve, reject } = Promise.withResolvers<BegunAnswer>();
    return await this.#inTime(signal, (limited, pool, done) => {
      const ending = AbortSignal.any([limited, signal, this.#closing.signal]);
      const sent = { ...throughProxy(request, this.#settings), bodyTimeout: this.#settings.timeout };
      const held = pool.use(limited, async (connection) => {
        const answer = await connection.begin(sent, ending, { signal: limited, done });
        resolve(answer);
        await finished(answer.body);
      });
      held.catch(reject);
      return begun;
    });
  }

  async #inTime<Answer>(
    signal: AbortSignal,
    work: (limited: AbortSignal, pool: ConnectionPool, done: () => void) => Promise<Answer>,
  ): Promise<Answer> {
    const pool = this.#pool ?? (await this.#load());
    const { timeout } = this.#settings;
    let isOnItsWay = false;
    const done = () => {
      isOnItsWay = true;
    };
    const overdue = () => new DeadlineExceeded(timeout, isOnItsWay);
    const limits = { timeout, overdue, signals: [signal, this.#closing.signal] };
    return await within(limits, (limited) => work(limited, pool, done));
  }

  /** Ends all connections at once; requests on their way fail. May be called again. */
  close(): void {
    this.#closing.abort(new ConnectionFailure('unreachable', 'the client was closed'));
    this.#pool?.close();
  }

  /** The HTTP client takes time and memory to load, and many commands send nothing: the first request loads it. */
  async #load(): Promise<ConnectionPool> {
    const { KeptConnection } = await import('./kept-connection.ts');
    const { target, connections } = this.#settings;
    const open = (signal: AbortSignal) => openSocket(this.#settings, signal);
    this.#pool ??= new ConnectionPool(connections, () => new KeptConnection(target.origin, open));
    return this.#pool;
  }
}

/** The proxy, where it forwards requests itself instead of opening a tunnel: for http. */
function forwarder({ target, proxy }: WriteHostSettings): ProxyServer | undefined {
  return target.protocol === 'http:' ? proxy : undefined;
}

function throughProxy(request: HttpRequest, settings: WriteHostSettings): HttpRequest {
  const { target } = settings;
  const proxy = forwarder(settings);
  if (proxy === undefined) return { ...request, headers: { host: target.host, ...request.headers } };
  return {
    ...request,
    path: `${target.origin}${request.path}`,
    headers: {
      host: target.host,
      ...request.headers,
      ...(proxy.authorization && { 'proxy-authorization': proxy.authorization }),
    },
  };
}
