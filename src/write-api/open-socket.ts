import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { hostOf, type ProxyServer, portOf } from './address.ts';
import { connectionFailure } from './network-failure.ts';
import { openTunnel } from './open-tunnel.ts';
import { socketEvent } from './socket-event.ts';

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
