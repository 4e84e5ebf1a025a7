import type { Socket } from 'node:net';

/** Ends a connection the hard way; a TLS socket has no reset of its own, cutting it off is as good. */
export function reset(socket: Socket): void {
  if ('encrypted' in socket) socket.destroy();
  else socket.resetAndDestroy();
}
