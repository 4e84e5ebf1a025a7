import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from '../../src/demo/free-port.ts';

test('a port that is taken is passed over for one behind it', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const free = await freePort(port);
  expect(free).not.toBe(port);
  const server = createServer().listen(free, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  taken.close();
});
