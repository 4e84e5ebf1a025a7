import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Dispatcher, Pool } from 'undici';
import { batches, type Ids, recordText } from './bodies.ts';
import { HEADERS, PATHS, type Served } from './served.ts';

const BATCH = 1_000;

/** Milliseconds, sorted. */
export type Times = readonly number[];

export const quantile = (times: Times, part: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? Number.NaN;

export interface Rate {
  readonly recordsPerSecond: number;
  /** Processor time of the server alone, which other work on the machine disturbs least: microseconds a record. */
  readonly processorTime: number;
}

/** One client, one connection, one request after the other. */
export async function rate(served: Served, ids: Ids, requests: number, first: number): Promise<Rate> {
  const bodies = batches(requests, BATCH, ids, first);
  const client = new Pool(served.origin, { connections: 1 });
  const [start, processor] = [performance.now(), served.processorTime()];
  for (const body of bodies) await post(client, PATHS.batches, body);
  const seconds = (performance.now() - start) / 1_000;
  await client.close();
  const records = requests * BATCH;
  return {
    recordsPerSecond: records / seconds,
    processorTime: ((served.processorTime() - processor) * 1_000_000) / records,
  };
}

/** Times of POSTs of one record, one after the other, while another client sends batches (or does not). */
export async function singles(
  served: Served,
  seconds: number,
  withBatches: boolean,
  ids: Ids,
): Promise<Times> {
  const bodies = withBatches ? batches(100, BATCH, ids, 50_000_000) : [];
  const client = new Pool(served.origin, { connections: 2 });
  const end = performance.now() + seconds * 1_000;
  const times: number[] = [];
  const sendBatches = async () => {
    for (let index = 0; withBatches && performance.now() < end; index++)
      await post(client, PATHS.batches, bodies[index % bodies.length] ?? Buffer.alloc(0));
  };
  const sendSingles = async () => {
    for (let number = 0; performance.now() < end; number++) {
      const body = Buffer.from(recordText(number, ids));
      const start = performance.now();
      await post(client, PATHS.singles, body);
      times.push(performance.now() - start);
      await delay(1);
    }
  };
  await Promise.all([sendBatches(), sendSingles()]);
  await client.close();
  return times.sort((left, right) => left - right);
}

export interface Load {
  readonly requests: number;
  readonly errors: number;
  readonly status: Times;
  /** Bytes of resident memory before, at the highest, and after. */
  readonly memory: { readonly before: number; readonly peak: number; readonly after: number };
}

/** Many connections, each with one request after the other: nine single records, then ten at once. */
export async function load(served: Served, seconds: number, connections: number): Promise<Load> {
  const client = new Pool(served.origin, { connections });
  const end = performance.now() + seconds * 1_000;
  const before = served.memory('VmRSS');
  let [requests, errors, number] = [0, 0, 0];
  const sender = async () => {
    while (performance.now() < end) {
      const size = ++requests % 10 === 0 ? 10 : 1;
      const texts = Array.from({ length: size }, () => recordText(number++, 'random'));
      await post(client, PATHS.singles, Buffer.from(`[${texts.join(',')}]`)).catch(() => errors++);
    }
  };
  const watcher = new Worker(new URL('./watch-status.ts', import.meta.url), { workerData: served.origin });
  await Promise.all(Array.from({ length: connections }, sender));
  watcher.postMessage('over');
  const [status] = (await once(watcher, 'message')) as [number[]];
  const [peak, after] = [served.memory('VmHWM'), served.memory('VmRSS')];
  await client.close();
  return {
    requests,
    errors,
    status: status.sort((left, right) => left - right),
    memory: { before, peak, after },
  };
}

async function post(client: Dispatcher, path: string, body: Buffer): Promise<void> {
  const { statusCode, body: answer } = await client.request({ method: 'POST', path, body, headers: HEADERS });
  const text = await answer.text();
  if (statusCode !== 200) throw new Error(`answered ${statusCode}: ${text}`);
}
