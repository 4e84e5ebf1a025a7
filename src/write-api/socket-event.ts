import type { Socket } from 'node:net';

/**
 * Waits for an event of a socket that is being opened; destroys it when it fails, closes or the signal is aborted
 * before.
 */
export async function socketEvent(
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
