import { once } from 'node:events';
import { createServer } from 'node:net';

/** How many ports to try: more are not taken by chance. */
const MOST_TRIED = 100;

/** The first port from there on that nobody listens on, on this machine alone; 0, any one, when all of many are taken. */
export async function freePort(from: number): Promise<number> {
  for (let port = from; port < from + MOST_TRIED; port++) {
    if (await isFree(port)) return port;
  }
  return 0;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
