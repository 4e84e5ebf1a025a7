import type { Socket } from 'node:net';
import { type ProxyServer, portOf } from './address.ts';
import { ConnectionFailure } from './network-failure.ts';
import { socketEvent } from './socket-event.ts';

/** Characters; what a proxy says beyond this before it has answered is no HTTP. */
const LONGEST_HEAD = 16_384;

const HEAD = /^HTTP\/1\.\d (?<status>\d{3}) ?(?<reason>.*)\r?\n(?:.+\r?\n)*\r?\n/;

/**
 * Asks the proxy at the other end of a socket for a tunnel; afterwards the target is at its other end. When that fails,
 * the socket is destroyed. Throws a ConnectionFailure, what broke the connection, or the signal's reason.
 */
export async function openTunnel(
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
