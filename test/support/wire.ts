import { connect, type Socket } from 'node:net';

/** Sends bytes as they are, and gives what comes back until the server closes, or until `until` is seen. */
export async function exchange(port: number, bytes: string | Buffer, until?: RegExp): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.write(bytes);
  return await textOf(socket, until);
}

/** What comes over a connection until the other side closes it, or until `until` is seen. */
export async function textOf(socket: Socket, until = /$^/): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += chunk;
    if (until.test(text)) break;
  }
  socket.destroy();
  return text;
}
