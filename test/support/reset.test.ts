import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const PROGRAM = `
import { connect, createServer } from 'node:net';
import { reset } from ${JSON.stringify(join(import.meta.dirname, 'reset.ts'))};
const server = createServer((socket) => {
  socket.end('the end');
  reset(socket);
  server.close();
});
server.listen(0, '127.0.0.1', () => connect(server.address().port, '127.0.0.1').on('error', () => {}).resume());
`;

test('a process that resets a connection whose end is on its way exits all the same', async () => {
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  await expect(run).resolves.toEqual({ stdout: '', stderr: '' });
});
