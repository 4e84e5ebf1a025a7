import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { countRecords } from './packed-records.ts';
import type { Call } from './records.ts';
import type { ThreadData } from './thread.ts';

const THREAD = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);
/** Records after which a commit waits for no further change, so that nobody waits long for others. */
const RECORDS_AT_ONCE = 2_000;

/** MiB of short-lived values before they are cleared away: V8 would take three times as much for each thread. */
const YOUNG_GENERATION = 8;

interface Waiting extends PromiseWithResolvers<unknown> {
  readonly call: Call;
}

/**
 * One thread of a SQLite store, seen from the server, which goes on answering while the thread works. Whatever comes in
 * meanwhile is sent together, so that many changes wait for the disk once. A thread that dies is replaced.
 */
export class SqliteWorker {
  readonly #data: ThreadData;
  #worker: Worker | undefined;
  #waiting: Waiting[] = [];
  #running: readonly Waiting[] = [];

  constructor(file: string) {
    this.#data = { file, stop: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) };
  }

  /** Starts the thread, which otherwise waits for the first call. */
  start(): void {
    this.#worker ??= this.#begin();
  }

  /** Resolves when what the call changes is on disk. Rejects with what the call throws. */
  run(call: Call): Promise<unknown> {
    const waiting = { ...Promise.withResolvers<unknown>(), call };
    this.#waiting.push(waiting);
    this.#runNext();
    return waiting.promise;
  }

  /** Has the thread give up what it is reading; its answer says so. */
  stopReading(): void {
    Atomics.store(this.#data.stop, 0, 1);
  }

  /** Resolves when the thread has ended, be it by a failure of its own. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage(undefined);
    await ended;
  }

  #runNext(): void {
    if (this.#running.length > 0 || this.#waiting.length === 0) return;
    let [count, records] = [0, 0];
    while (count < this.#waiting.length && records < RECORDS_AT_ONCE) {
      records += sizeOf(this.#waiting[count++]?.call);
    }
    this.#running = this.#waiting.splice(0, count);
    this.#worker ??= this.#begin();
    Atomics.store(this.#data.stop, 0, 0);
    this.#worker.postMessage(this.#running.map(({ call }) => call));
  }

  #begin(): Worker {
    const worker = new Worker(THREAD, {
      workerData: this.#data,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION },
    });
    worker.on('message', (results: readonly PromiseSettledResult<unknown>[]) => this.#settle(results));
    worker.on('error', (reason) => {
      this.#worker = undefined;
      this.#settle(this.#running.map(() => ({ status: 'rejected', reason })));
    });
    return worker;
  }

  #settle(results: readonly PromiseSettledResult<unknown>[]): void {
    const settled = this.#running;
    this.#running = [];
    for (const [index, { resolve, reject }] of settled.entries()) {
      const result = results[index];
      if (result?.status === 'fulfilled') resolve(result.value);
      else reject(result?.reason);
    }
    this.#runNext();
  }
}

/** Records that a call brings. */
function sizeOf(call: Call | undefined): number {
  return call?.[0] === 'replace' ? countRecords(call[2]) : 1;
}
