import { ReadTurns } from '../read-turns.ts';
import { SharedReads } from '../shared-reads.ts';
import type { AskReader, ReadAnswer, ReadQuestion } from './reads.ts';
import { SqliteWorker } from './worker.ts';

/** Threads that read, each one query at a time. One data set keeps one of them busy, whatever is asked of it. */
const TURNS = { atOnce: 3, ofOneDataSet: 1 };

/**
 * The threads of a SQLite file that find out what queries ask for; a query that nobody waits for any more is given
 * up.
 */
export class SqliteReaders {
  readonly #workers: readonly SqliteWorker[];
  readonly #idle: SqliteWorker[];
  readonly #reads = new SharedReads<ReadAnswer>(new ReadTurns(TURNS));

  constructor(file: string) {
    this.#workers = Array.from({ length: TURNS.atOnce }, () => new SqliteWorker(file));
    this.#idle = [...this.#workers];
  }

  ask(question: Exclude<ReadQuestion, { ask: 'records' }>, signal: AbortSignal): ReturnType<AskReader> {
    const { dataSet, plan } = question;
    return this.#reads.read(dataSet, plan, signal, (wanted) => this.#answer(question, wanted));
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) worker.stopReading();
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  async #answer(question: ReadQuestion, signal: AbortSignal): Promise<ReadAnswer> {
    const worker = this.#idle.pop();
    if (worker === undefined) throw new Error('more reads have a turn than there are threads');
    const stop = () => worker.stopReading();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return (await worker.run(['answer', question])) as ReadAnswer;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#idle.push(worker);
    }
  }
}
