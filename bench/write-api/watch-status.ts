import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Pool } from 'undici';

/**
 * Asks for `_status` until it is told anything, then tells how many milliseconds each answer took: a thread of its own,
 * as those who send are busy.
 */

const EVERY = 50;
const client = new Pool(String(workerData), { connections: 1 });
const times: number[] = [];
let isOver = false;
parentPort?.once('message', () => {
  isOver = true;
});

while (!isOver) {
  const start = performance.now();
  const { body } = await client.request({ method: 'GET', path: '/_status' });
  await body.dump();
  times.push(performance.now() - start);
  await delay(EVERY);
}
await client.close();
parentPort?.postMessage(times);
