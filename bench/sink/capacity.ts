import { once } from 'node:events';
import { connect } from 'node:net';
import { recordText } from '../workload/record.ts';
import type { Sink } from './sink.ts';

/** So many records a second the sink must take, or it may be what is measured. */
export const NEEDED = 3_000_000;

const BATCH = 2_000;
const CONNECTIONS = 2;
const REQUESTS = 1_000;

/** Records a second that the sink takes of bodies that are ready, the best of three. */
export async function measureCapacity(sink: Sink): Promise<number> {
  const body = `[${Array.from({ length: BATCH }, (_, row) => recordText(row)).join(',')}]`;
  const head = `POST /data/bench/events HTTP/1.1\r\nhost: sink\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  const request = Buffer.from(head + body);
  let best = 0;
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    await Promise.all(Array.from({ length: CONNECTIONS }, () => post(sink.port, request)));
    const seconds = (performance.now() - start) / 1_000;
    const { records } = await sink.take();
    best = Math.max(best, records / seconds);
  }
  return best;
}

/** One request after the other over one connection. */
async function post(port: number, request: Buffer): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  for (let sent = 0; sent < REQUESTS / CONNECTIONS; sent++) {
    socket.write(request);
    await once(socket, 'data');
  }
  socket.destroy();
}
