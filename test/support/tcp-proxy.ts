import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { reset } from './reset.ts';

/** Stands between a client and a server, to be unkind. */
export interface TcpProxy {
  readonly port: number;
  /** Bytes that the server has sent so far. */
  readonly received: () => number;
  /** Connections made so far. */
  readonly connections: () => number;
  /** Connections that are open. */
  readonly open: () => number;
  /** Connections cut because they are refused, so far. */
  readonly refused: () => number;
  /** Cuts every connection the hard way, as a firewall does. */
  reset(): void;
  /** Holds back everything from now on, in both directions, and keeps the connections. */
  freeze(): void;
  /** Lets new connections through again; those that were frozen stay so until they are closed. */
  thaw(): void;
  /** Holds back what the server sends by so many milliseconds; 0: no longer. */
  slowDown(delay: number): void;
  /** Whether new connections are cut at once. */
  refuse(isRefusing: boolean): void;
  close(): Promise<void>;
}

export interface TcpTarget {
  readonly host: string;
  readonly port: number;
  /** Called after each connection made and each piece of data that the server has sent. */
  readonly seen?: (what: 'connection' | 'data') => void;
}

export async function startTcpProxy({ host, port, seen }: TcpTarget): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const frozen = new WeakSet<Socket>();
  let [isFrozen, isRefusing, delay] = [false, false, 0];
  let [received, connections, refused] = [0, 0, 0];
  const forward = (from: Socket, to: Socket, delayOf: () => number) => {
    sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (bytes) => {
      if (frozen.has(from)) return;
      if (delayOf() > 0) {
        from.pause();
        setTimeout(() => from.resume() && to.write(bytes), delayOf());
        return;
      }
      if (to.write(bytes)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer((client) => {
    if (isRefusing) {
      refused += 1;
      reset(client);
      return;
    }
    connections += 1;
    const upstream = connect(port, host);
    if (isFrozen) for (const socket of [client, upstream]) frozen.add(socket);
    upstream.on('data', (bytes) => {
      received += bytes.length;
      seen?.('data');
    });
    forward(client, upstream, () => 0);
    forward(upstream, client, () => delay);
    seen?.('connection');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    received: () => received,
    connections: () => connections,
    refused: () => refused,
    open: () => sockets.size / 2,
    reset: () => {
      for (const socket of sockets) reset(socket);
    },
    freeze: () => {
      isFrozen = true;
      for (const socket of sockets) frozen.add(socket);
    },
    thaw: () => {
      isFrozen = false;
    },
    slowDown: (milliseconds) => {
      delay = milliseconds;
    },
    refuse: (refusing) => {
      isRefusing = refusing;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
