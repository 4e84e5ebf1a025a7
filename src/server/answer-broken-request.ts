import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

const ANSWERS: Readonly<Record<string, readonly [status: number, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are too long.'],
};

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** The latest request of each connection. */
const latest = new WeakMap<Socket, Exchange>();
const broken = new WeakSet<Socket>();

/** Lets `answerBrokenRequest` know which requests are being worked on. */
export function followRequests(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw: request }, { raw: response }) => {
    latest.set(request.socket, { request, response });
  });
}

/** Answers what is not HTTP at all, or stopped to be, and closes the connection; once the requests before it are answered. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  // Each further piece of what is not HTTP would be told of again.
  if (broken.has(socket)) return;
  broken.add(socket);
  const before = latest.get(socket);
  if (before?.request.complete && !before.response.closed)
    before.response.once('close', () => answer(error, socket));
  else answer(error, socket);
}

function answer(error: NodeJS.ErrnoException, socket: Socket): void {
  const [status, message] = ANSWERS[error.code ?? ''] ?? [400, 'The request is not HTTP.'];
  const body = JSON.stringify({ status: 'error', message });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
