import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { apiError } from './errors.ts';
import type { ServerLimits } from './limits.ts';

/** Requests that Node would answer by itself, with nothing in the answer that says why. */

const NOT_HTTP = [400, 'The request is not HTTP.'] as const;
const TIMEOUT = 'ERR_HTTP_REQUEST_TIMEOUT';
const ANSWERS: Readonly<Record<string, readonly [status: number, message: string]>> = {
  [TIMEOUT]: [408, 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are too long.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The extensions of a chunk are too long.'],
};

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The latest request of each connection. */
const latest = new WeakMap<Socket, Exchange>();
/** How many bytes had come when the connection broke. */
const broken = new WeakMap<Socket, number>();
const brokenRequests = new WeakSet<IncomingMessage>();

/** Lets answers to broken requests know which requests are being worked on. */
export function followRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw: request }, { raw: response }) => {
    latest.set(request.socket, { request, response });
  });
}

/** Whether a request has been answered as broken while it came: what comes of it later counts no more. */
export const isBroken = (request: IncomingMessage): boolean => brokenRequests.has(request);

/**
 * Answers what is not HTTP at all, or stopped to be, and closes the connection; once the requests before it are
 * answered.
 */
export function answerBrokenRequests({ discardedBytes, lingerTime }: ServerLimits) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    const before = broken.get(socket);
    // Each further piece of what is not HTTP is told of again. It is read and thrown away, lest the answer get lost.
    if (error.code === 'ECONNRESET' || socket.bytesRead - (before ?? Infinity) > discardedBytes)
      socket.destroy();
    if (before !== undefined || socket.destroyed) return;
    broken.set(socket, socket.bytesRead);
    const exchange = latest.get(socket);
    const unfinished = exchange?.request.complete === false ? exchange : undefined;
    if (unfinished !== undefined) brokenRequests.add(unfinished.request);
    const end = () => {
      // What breaks off may be the rest of a request that has its answer.
      const isAnswered = unfinished?.response.headersSent === true;
      socket.end(isAnswered ? '' : answerTo(error));
      if (isAnswered && error.code === TIMEOUT) socket.destroySoon();
      else setTimeout(() => socket.destroy(), lingerTime).unref();
    };
    const isBehindOthers = exchange?.request.complete === true && !exchange.response.closed;
    if (isBehindOthers) exchange.response.once('close', end);
    else end();
  };
}

function answerTo(error: NodeJS.ErrnoException): string {
  const [status, message] = ANSWERS[error.code ?? ''] ?? NOT_HTTP;
  const body = JSON.stringify({ status: 'error', message });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    // A page of another origin that asks for too much is to see why.
    'access-control-allow-origin: *',
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Answers requests without Host and with expectations; tells who asks first when to send the body. */
export function answerUnusual(app: FastifyInstance): void {
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    void app.server.emit('request', request, response);
  app.server.on('checkContinue', answer).on('checkExpectation', answer);
  app.addHook('onRequest', async (request) => {
    const { httpVersion, headers } = request.raw;
    if (httpVersion === '1.1' && headers.host === undefined)
      throw apiError(400, 'Expected header: Host, with the name of the server.');
    if (headers.expect !== undefined && !expectsContinue(request))
      throw apiError(417, 'The only expectation that can be met is 100-continue.');
  });
  // Not before it is known that the body will be read: whoever asks first need not send it in vain.
  app.addHook('preParsing', async (request, reply) => {
    if (expectsContinue(request)) reply.raw.writeContinue();
  });
}

const expectsContinue = ({ headers }: FastifyRequest): boolean =>
  /^\s*100-continue\s*$/i.test(headers.expect ?? '');
