import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { exchangeOver, type HttpAnswer, type HttpRequest, UsedConnectionBroke } from './http-exchange.ts';

/** Milliseconds after which a connection that is not used is closed: many servers and proxies do so after 5 s. */
const LONGEST_IDLE = 4_000;

/** One connection at a time, kept alive from request to request, and opened anew when it is gone. */
export class Line {
  readonly #agent = new Agent({ keepAlive: true, timeout: LONGEST_IDLE });
  #opening = new AbortController().signal;

  /** @param open opens a socket; aborting the signal ends that */
  constructor(open: (signal: AbortSignal) => Promise<Duplex>) {
    this.#agent.createConnection = (_options, created = () => undefined) => {
      const failed = created as (error: Error) => void;
      open(this.#opening).then((socket) => created(null, socket), failed);
      return undefined;
    };
  }

  /**
   * Sends one request and reads its answer to the end; not to be called again before it has ended. When the connection is one that
   * has been used and breaks before an answer begins, the request goes again over a fresh one, once: servers and proxies
   * close connections when they like, many without announcing it.
   *
   * @param opening ends the request as long as it has no connection
   */
  async send(request: HttpRequest, signal: AbortSignal, opening: AbortSignal): Promise<HttpAnswer> {
    this.#opening = opening;
    try {
      return await exchangeOver(this.#agent, request, signal);
    } catch (error) {
      if (!(error instanceof UsedConnectionBroke)) throw error;
    }
    signal.throwIfAborted();
    this.close();
    return await exchangeOver(this.#agent, request, signal);
  }

  close(): void {
    this.#agent.destroy();
  }
}
