import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { Client } from 'undici';
import {
  AnswerWatch,
  type BegunAnswer,
  beginOver,
  exchangeOver,
  type HttpAnswer,
  type HttpRequest,
} from './http-exchange.ts';

/** Milliseconds after which a connection that is not used is closed: many servers and proxies do so after 5 s. */
const LONGEST_IDLE = 4_000;

/** The time before a request has a connection. */
export interface Opening {
  /** Ends the request as long as it has none. */
  readonly signal: AbortSignal;
  /** Called when it has one. */
  readonly done: () => void;
}

/** One connection at a time, kept alive from request to request, and opened anew when it is gone. */
export class KeptConnection {
  readonly #client: Client;
  /** The connection; undefined until it is there. */
  #watch: AnswerWatch | undefined;
  #opening: Opening = { signal: new AbortController().signal, done: () => undefined };

  /**
   * @param origin of the write API
   * @param open opens a socket; aborting the signal ends that
   */
  constructor(origin: string, open: (signal: AbortSignal) => Promise<Socket>) {
    this.#client = new Client(origin, {
      pipelining: 1,
      keepAliveTimeout: LONGEST_IDLE,
      keepAliveMaxTimeout: LONGEST_IDLE,
      // Time-outs are those of the request as a whole.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_options, callback) => {
        this.#watch = undefined;
        const opened = (socket: Socket) => {
          this.#watch = new AnswerWatch(socket);
          this.#opening.done();
          callback(null, socket);
        };
        open(this.#opening.signal).then(opened, (error: Error) => callback(error, null));
      },
    });
  }

  /**
   * Sends one request and reads its answer to the end; not to be called again before it has ended. When the
   * connection is one that has been used and breaks before an answer begins, the request goes again over a fresh one,
   * once: servers and proxies close connections when they like, many without announcing it.
   */
  send(request: HttpRequest, signal: AbortSignal, opening: Opening): Promise<HttpAnswer> {
    return this.#overAnyConnection(() => this.#exchange(request, signal), signal, opening);
  }

  /** The same, but reads the head of the answer only; not to be called again before the body has ended. */
  begin(request: HttpRequest, signal: AbortSignal, opening: Opening): Promise<BegunAnswer> {
    const begin = () => {
      this.#watch?.expectAnswer();
      return beginOver(this.#client, request, signal);
    };
    return this.#overAnyConnection(begin, signal, opening);
  }

  async #overAnyConnection<Answer>(
    exchange: () => Promise<Answer>,
    signal: AbortSignal,
    opening: Opening,
  ): Promise<Answer> {
    this.#opening = opening;
    if (this.#watch?.socket.destroyed === false) opening.done();
    try {
      return await exchange();
    } catch (error) {
      if (signal.aborted || !this.#watch?.isUsedAndSilent) throw error;
    }
    return await exchange();
  }

  close(): void {
    void this.#client.destroy();
  }

  async #exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    this.#watch?.expectAnswer();
    const answer = await exchangeOver(this.#client, request, signal);
    // A turn of the event loop, in which the socket notices what it has sent. What it has not sent by then is not
    // wanted.
    await setImmediate();
    if (this.#watch?.socket.writableLength) this.#watch.socket.destroy();
    return answer;
  }
}
