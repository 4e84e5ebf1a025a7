import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { reset } from './reset.ts';

/** What the server does with one request. */
export type Reply =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent as it is when it is a string, else as JSON. */
      readonly body?: unknown;
    }
  /** Answers as soon as the headers are there, does not read the body and resets the connection. */
  | { readonly fault: 'answer-then-reset'; readonly status: number; readonly body?: unknown }
  | { readonly fault: 'reset-before-body' | 'reset-within-body' | 'reset-after-body' }
  /** Reads the request and never answers. */
  | { readonly fault: 'hang' }
  /** Answers with something that is no HTTP. */
  | { readonly fault: 'broken-status-line' }
  /** Announces an answer and sends only half of its body, then resets the connection or says no more. */
  | { readonly fault: 'half-answer' | 'half-answer-then-hang' };

export type Script = Reply | ((request: ReceivedRequest) => Reply);

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** As it came over the wire. */
  readonly bytes: Buffer;
  /** Decompressed. */
  readonly text: string;
  /** The port that the client sent from: the same for requests over one connection. */
  readonly clientPort: number;
  /** The name that a TLS client asked for. */
  readonly servername: string | undefined;
}

export interface FaultyServer {
  /** `http://127.0.0.1:PORT` or `https://localhost:PORT` */
  readonly url: string;
  readonly port: number;
  /** All requests whose body was read to its end, in order. */
  readonly requests: readonly ReceivedRequest[];
  /** Connections made so far. */
  readonly connections: number;
  /** What to do with the next requests, in order; afterwards every request is stored. */
  script(...replies: readonly Script[]): void;
  /** What to do with every request for which no reply is scripted. */
  otherwise(reply: Script): void;
  /** From here on reads are answered as told, too; before, 404, and nobody hears of them. */
  takeReads(): void;
  /** Resolves when as many requests have been seen, whether or not their body was read. */
  seen(count: number): Promise<void>;
  close(): Promise<void>;
}

const NOT_READABLE: Reply = { status: 404, body: { status: 'error', message: 'nothing is read here' } };
export const STORED: Reply = { status: 200, body: { status: 'ok' } };

/** A write API, on a free port unless one is given, that misbehaves as told. With `tls` it speaks https. */
export async function startFaultyServer(
  tls?: { key: string; cert: string },
  listenOn = 0,
): Promise<FaultyServer> {
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting: { count: number; resolve: () => void }[] = [];
  let replies: Script[] = [];
  let fallback: Script = STORED;
  let connections = 0;
  let arrivals = 0;
  let takesReads = false;

  const listener: RequestListener = async (request, response) => {
    if (request.method === 'GET' && !takesReads) return answer(NOT_READABLE, request, response);
    const script = replies.shift() ?? fallback;
    arrivals += 1;
    for (const { count, resolve } of waiting) if (arrivals >= count) resolve();
    if (typeof script === 'object' && 'fault' in script && actsEarly(script, request, response)) return;
    const received = await receive(request).catch(() => undefined);
    if (received === undefined) return;
    requests.push(received);
    answer(typeof script === 'function' ? script(received) : script, request, response);
  };

  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => {}));
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(listenOn, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    requests,
    get connections() {
      return connections;
    },
    script: (...next) => {
      replies = [...next];
    },
    otherwise: (reply) => {
      fallback = reply;
    },
    takeReads: () => {
      takesReads = true;
    },
    seen: async (count) => {
      if (arrivals >= count) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ count, resolve });
      await promise;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

type Fault = Extract<Reply, { fault: string }>;

/** Does what happens before the body is read to its end; false when there is nothing of the kind to do. */
function actsEarly(reply: Fault, request: IncomingMessage, response: ServerResponse): boolean {
  switch (reply.fault) {
    case 'reset-before-body':
      reset(request.socket);
      return true;
    case 'reset-within-body':
      request.once('data', () => reset(request.socket));
      return true;
    case 'answer-then-reset':
      send(response, reply.status, { connection: 'close' }, reply.body, () => reset(request.socket));
      return true;
    default:
      return false;
  }
}

function answer(reply: Reply, request: IncomingMessage, response: ServerResponse): void {
  if (!('fault' in reply)) send(response, reply.status, reply.headers ?? {}, reply.body);
  else if (reply.fault === 'reset-after-body') reset(request.socket);
  else if (reply.fault === 'broken-status-line') request.socket.end('HTTP/1.1 2OO Fine\r\n\r\n');
  else if (reply.fault === 'half-answer') sendHalf(response, () => reset(request.socket));
  else if (reply.fault === 'half-answer-then-hang') sendHalf(response, () => {});
}

function sendHalf(response: ServerResponse, sent: () => void): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 15 });
  response.write('{"stat', sent);
}

function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: unknown,
  sent: () => void = () => {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? { status: 'error' });
  const type = typeof body === 'string' ? 'text/html' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...headers });
  response.end(text, sent);
}

async function receive(request: IncomingMessage): Promise<ReceivedRequest> {
  const clientPort = request.socket.remotePort ?? 0;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const compressed = request.headers['content-encoding'] === 'gzip';
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    bytes,
    text: (compressed ? gunzipSync(bytes) : bytes).toString('utf8'),
    clientPort,
    servername: 'servername' in request.socket ? String(request.socket.servername) : undefined,
  };
}
