import { request } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { hostOf, type ProxyServer, portOf } from './address.ts';
import { ConnectionFailure, connectionFailure } from './network-failure.ts';

export interface Route {
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
export async function openSocket(route: Route, signal: AbortSignal): Promise<Socket> {
  const { target, proxy } = route;
  try {
    if (target.protocol === 'http:') return await openTcp(proxy?.url ?? target, signal);
    const socket = proxy ? await openTunnel(target, proxy, signal) : await openTcp(target, signal);
    return await openTls(route, socket, signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw connectionFailure(error instanceof Error ? error : new Error(String(error)));
  }
}

async function openTcp(url: URL, signal: AbortSignal): Promise<Socket> {
  const socket = connectTcp({ host: hostOf(url), port: portOf(url), noDelay: true, keepAlive: true });
  return await opened(socket, 'connect', signal);
}

async function openTls(route: Route, socket: Socket, signal: AbortSignal): Promise<Socket> {
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
  return await opened(secure, 'secureConnect', signal);
}

function openTunnel(target: URL, proxy: ProxyServer, signal: AbortSignal): Promise<Socket> {
  const authority = `${target.hostname}:${portOf(target)}`;
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  request({
    method: 'CONNECT',
    host: hostOf(proxy.url),
    port: portOf(proxy.url),
    path: authority,
    headers: { host: authority, ...(proxy.authorization && { 'proxy-authorization': proxy.authorization }) },
    agent: false,
    signal,
  })
    .once('connect', ({ statusCode = 0, statusMessage = '' }, socket) => {
      if (statusCode >= 200 && statusCode < 300) return resolve(socket as Socket);
      socket.destroy();
      reject(proxyFailure(statusCode, statusMessage));
    })
    .once('error', reject)
    .end();
  return promise;
}

function proxyFailure(status: number, reason: string): ConnectionFailure {
  const refused = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return new ConnectionFailure(
    refused ? 'proxy-refused' : 'unreachable',
    `the proxy answered ${status} ${reason}`.trimEnd(),
  );
}

/** Waits until the socket is open; destroys it when it fails or the signal is aborted. */
async function opened(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const open = () => resolve();
  const closed = () => reject(new Error('the connection was closed before it was complete'));
  const abort = () => reject(signal.reason);
  socket.once(event, open).once('error', reject).once('close', closed);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await promise;
    return socket;
  } catch (error) {
    socket.on('error', () => {}).destroy();
    throw error;
  } finally {
    socket.off(event, open).off('error', reject).off('close', closed);
    signal.removeEventListener('abort', abort);
  }
}
