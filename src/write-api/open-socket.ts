import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { hostOf, type ProxyServer, portOf } from './address.ts';
import { ConnectionFailure, connectionFailure } from './network-failure.ts';

/**
 * Waits for an event of a socket that is being opened; destroys it when it fails, closes or the signal is aborted
 * before.
 */
async function socketEvent(
  socket: Socket,
  event: 'connect' | 'secureConnect' | 'readable',
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const happened = () => resolve();
  const closed = () => reject(new Error('the connection was closed before it was complete'));
  const abort = () => reject(signal.reason);
  socket.once(event, happened).once('error', reject).once('close', closed);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await promise;
  } catch (error) {
    socket.on('error', () => {}).destroy();
    throw error;
  } finally {
    socket.off(event, happened).off('error', reject).off('close', closed);
    signal.removeEventListener('abort', abort);
  }
}

/** Characters; what a proxy says beyond this before it has answered is no HTTP. */
const LONGEST_HEAD = 16_384;

const HEAD = /^HTTP\/1\.\d (?<status>\d{3}) ?(?<reason>.*)\r?\n(?:.+\r?\n)*\r?\n/;

/**
 * Asks the proxy at the other end of a socket for a tunnel; afterwards the target is at its other end. When that fails,
 * the socket is destroyed. Throws a ConnectionFailure, what broke the connection, or the signal's reason.
 */
async function openTunnel(
  socket: Socket,
  target: URL,
  { authorization }: ProxyServer,
  signal: AbortSignal,
): Promise<void> {
  const authority = `${target.hostname}:${portOf(target)}`;
  const login = authorization === undefined ? '' : `proxy-authorization: ${authorization}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n${login}\r\n`);
  const { status, reason } = await readHead(socket, signal);
  if (status >= 200 && status < 300) return;
  socket.destroy();
  throw proxyFailure(status, reason);
}

/** Reads the head of an answer and leaves in the socket what comes after it. */
async function readHead(socket: Socket, signal: AbortSignal): Promise<{ status: number; reason: string }> {
  let text = '';
  while (text.length < LONGEST_HEAD) {
    await socketEvent(socket, 'readable', signal);
    const chunk: Buffer | null = socket.read();
    text += chunk?.toString('latin1') ?? '';
    const head = HEAD.exec(text);
    if (head === null) continue;
    const rest = Buffer.from(text.slice(head[0].length), 'latin1');
    if (rest.length > 0) socket.unshift(rest);
    const { status, reason = '' } = head.groups ?? {};
    return { status: Number(status), reason };
  }
  socket.destroy();
  throw new ConnectionFailure('unreachable', 'the proxy did not answer in HTTP');
}

function proxyFailure(status: number, reason: string): ConnectionFailure {
  const refused = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return new ConnectionFailure(
    refused ? 'proxy-refused' : 'unreachable',
    `the proxy answered ${status} ${reason}`.trimEnd(),
  );
}

export interface SocketRoute {
  readonly target: URL;
  readonly proxy?: ProxyServer | undefined;
  /** What to trust; left out: Node's own authorities. */
  readonly secureContext?: (() => SecureContext) | undefined;
}

/**
 * A socket over which the target can be spoken to: TCP, or a tunnel through the proxy, and TLS above
 * it for https. For http with a proxy it is a socket to the proxy. Aborting `signal` destroys what is
 * there of it. Throws a ConnectionFailure or the signal's reason.
 */
export async function openSocket(route: SocketRoute, signal: AbortSignal): Promise<Socket> {
  const { target, proxy } = route;
  try {
    const socket = await openTcp(proxy?.url ?? target, signal);
    if (target.protocol === 'http:') return socket;
    if (proxy) await openTunnel(socket, target, proxy, signal);
    return await openTls(route, socket, signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw connectionFailure(error instanceof Error ? error : new Error(String(error)));
  }
}

async function openTcp(url: URL, signal: AbortSignal): Promise<Socket> {
  const socket = connectTcp({ host: hostOf(url), port: portOf(url), noDelay: true, keepAlive: true });
  await socketEvent(socket, 'connect', signal);
  return socket;
}

async function openTls(route: SocketRoute, socket: Socket, signal: AbortSignal): Promise<Socket> {
  const host = hostOf(route.target);
  const secure = connectTls({
    socket,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ...(route.secureContext && { secureContext: route.secureContext() }),
    ALPNProtocols: ['http/1.1'],
    // Said outright, because an environment variable would otherwise turn verification off.
    rejectUnauthorized: true,
  });
  await socketEvent(secure, 'secureConnect', signal);
  return secure;
}
