import type { Socket } from 'node:net';

/**
 * Ends a connection the hard way. A TLS socket has no reset of its own, and one whose writing side is about to end cannot
 * be reset any more: Node then keeps it open, and its process spins in place of exiting. Cutting those off is as good.
 */
export function reset(socket: Socket): void {
  const isEnding = socket.writableEnded && !socket.writableFinished;
  if (isEnding || 'encrypted' in socket) socket.destroy();
  else socket.resetAndDestroy();
}
