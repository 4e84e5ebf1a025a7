import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** One request of a connection, as far as it has come. */
export interface RawRequest {
  readonly socket: Socket;
  /** On its connection, counted from 1. */
  readonly number: number;
  /** Request line and headers. */
  readonly head: string;
  /** Undefined as long as it is not there to its end. */
  readonly body: Buffer | undefined;
}

export interface RawServer {
  readonly url: string;
  /** Connections made so far. */
  readonly connections: number;
  close(): Promise<void>;
}

export interface RawReplies {
  /** Called when the head of a request is there. */
  readonly onHead?: (request: RawRequest) => void;
  /** Called when a request is there to its end. */
  readonly onRequest: (request: RawRequest) => void;
}

export const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{"status":"ok"}';

/**
 * A server on a free port that hands over requests and sockets, and says nothing by itself. With `tls` it speaks https.
 */
export async function startRawServer(
  replies: RawReplies,
  tls?: { key: string; cert: string },
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const serve = (socket: Socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => {}));
    socket.once('close', () => sockets.delete(socket));
    readRequests(socket, replies);
  };
  const options = { allowHalfOpen: true };
  const server = tls ? createTlsServer({ ...tls, ...options }, serve) : createServer(options, serve);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    get connections() {
      return connections;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function readRequests(socket: Socket, { onHead, onRequest }: RawReplies): void {
  let chunks: Buffer[] = [];
  let size = 0;
  /** Bytes before which there is nothing new to see. */
  let wanted = 0;
  let number = 1;
  let isHeadSeen = false;
  const keep = (bytes: Buffer, until: number) => {
    [chunks, size, wanted] = [[bytes], bytes.length, until];
  };
  socket.on('end', () => socket.end());
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < wanted) return;
    const bytes = Buffer.concat(chunks);
    keep(bytes, 0);
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = bytes.toString('latin1', 0, end);
    if (!isHeadSeen) onHead?.({ socket, number, head, body: undefined });
    isHeadSeen = true;
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    if (bytes.length < end + 4 + length) return keep(bytes, end + 4 + length);
    const body = bytes.subarray(end + 4, end + 4 + length);
    keep(bytes.subarray(end + 4 + length), 0);
    isHeadSeen = false;
    onRequest({ socket, number, head, body });
    number += 1;
  });
}
