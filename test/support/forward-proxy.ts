import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ForwardProxy {
  readonly port: number;
  /** `CONNECT host:port` or `POST http://…`, in order, those that were turned away included. */
  readonly requests: readonly string[];
  /** Number of connections open at the moment. */
  readonly openSockets: number;
  close(): Promise<void>;
}

export interface ForwardProxyOptions {
  /** `user:password` to ask for. */
  readonly credentials?: string;
  /** Accepts connections and never answers a CONNECT. */
  readonly silent?: boolean;
  /** Status for every CONNECT instead of a tunnel. */
  readonly connectStatus?: number;
}

/**
 * A proxy on a free port: tunnels for CONNECT, and forwards requests in absolute form. When it refuses, it
 * tactlessly repeats the credentials.
 */
export async function startForwardProxy(options: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const requests: string[] = [];
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (!isAllowed(request, options)) {
      response.writeHead(407).end(`who is ${credentialsOf(request)}?`);
      return;
    }
    const { 'proxy-authorization': _mine, ...headers } = request.headers;
    const onward = forward(request.url ?? '', { method: request.method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward.on('error', () => response.destroy()));
  });
  server.on('connection', keep);
  server.on('connect', (request: IncomingMessage, client: Duplex) => {
    requests.push(`CONNECT ${request.url}`);
    if (options.silent) {
      client.once('end', () => client.destroy()).resume();
      return;
    }
    const status = isAllowed(request, options) ? (options.connectStatus ?? 200) : 407;
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No ${credentialsOf(request)}\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const [, port] = (request.url ?? '').split(':');
    // Names lead to this machine: the tests need no name service.
    const target: Socket = connect(Number(port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(client).pipe(target);
    });
    keep(target);
    target.once('close', () => client.destroy());
    client.once('close', () => target.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    get openSockets() {
      return sockets.size;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function isAllowed(request: IncomingMessage, { credentials }: ForwardProxyOptions): boolean {
  if (credentials === undefined) return true;
  const expected = `Basic ${Buffer.from(credentials).toString('base64')}`;
  return request.headers['proxy-authorization'] === expected;
}

function credentialsOf(request: IncomingMessage): string {
  const encoded = request.headers['proxy-authorization']?.replace('Basic ', '') ?? '';
  return `${encoded} ${Buffer.from(encoded, 'base64')}`.trim();
}
