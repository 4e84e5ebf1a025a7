import { type IncomingMessage, ServerResponse } from 'node:http';
import type { ServerLimits } from './limits.ts';

/**
 * Responses that may be given while their request still comes. The client gets its answer at once; the rest of the
 * request is read and thrown away, within limits, before the connection is closed or used again. A connection that is
 * closed while the client sends is reset, and the answer is lost with it. How long the rest may take is the server's
 * `requestTimeout`.
 */
export function patientResponses({
  discardedBytes,
}: Pick<ServerLimits, 'discardedBytes'>): typeof ServerResponse {
  return class PatientResponse<
    Request extends IncomingMessage = IncomingMessage,
  > extends ServerResponse<Request> {
    #isAwaited = false;
    #isDiscarding = false;

    override writeContinue(...parameters: unknown[]): void {
      this.#isAwaited = true;
      super.writeContinue(...(parameters as Parameters<ServerResponse['writeContinue']>));
    }

    override writeHead(...parameters: unknown[]): this {
      const { complete, headers } = this.req;
      const isTooMuch = Number(headers['content-length'] ?? 0) > discardedBytes;
      const mayNotCome = headers.expect !== undefined && !this.#isAwaited;
      // Where the rest will be cut off, or may never come, no further request can follow it.
      if (!complete && (isTooMuch || mayNotCome)) this.shouldKeepAlive = false;
      return super.writeHead(...(parameters as Parameters<ServerResponse['writeHead']>));
    }

    override end(...parameters: unknown[]): this {
      if (this.#isDiscarding) return this;
      if (this.req.complete || this.req.destroyed)
        return super.end(...(parameters as Parameters<ServerResponse['end']>));
      this.#isDiscarding = true;
      const [text] = parameters;
      if (typeof text === 'string' || Buffer.isBuffer(text)) this.write(text);
      this.flushHeaders();
      // Whoever waits for the end of the connection before it stops sending, or sends no more, sees it now.
      if (!this.shouldKeepAlive) this.socket?.end();
      discard(this.req, discardedBytes, () => {
        super.end(...(parameters.filter((each) => typeof each === 'function') as [() => void]));
        if (!this.req.complete) this.req.socket.destroySoon();
      });
      return this;
    }
  };
}

/** Reads the rest of a request: to its end, or until it is too much. */
function discard(request: IncomingMessage, mostBytes: number, ended: () => void): void {
  let bytes = 0;
  const end = () => {
    request.off('data', count).off('end', end).off('close', end);
    ended();
  };
  const count = (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > mostBytes) end();
  };
  request.on('data', count).once('end', end).once('close', end).resume();
}
