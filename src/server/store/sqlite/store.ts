import { type GroupsPlan, NEVER, ReadTooSlow } from '../../read/read-plan.ts';
import { ReadTurns } from '../read-turns.ts';
import { SharedReads } from '../shared-reads.ts';
import type { Answer, Store } from '../store.ts';
import { definitionsByDataSet } from '../sums-of-plans.ts';
import { openSqlite } from './open.ts';
import { countRecords, packRecords } from './packed-records.ts';
import { type AskReader, type ReadAnswer, type ReadQuestion, readSqlite } from './reads.ts';
import { callsBy, PAGE, type PageRow, type RunCall, SqliteRecords } from './records.ts';
import { SqliteWorker } from './worker.ts';

/** Threads that read, each one query at a time. One data set keeps one of them busy, whatever is asked of it. */
const TURNS = { atOnce: 3, ofOneDataSet: 1 };

/**
 * The threads of a SQLite file that find out what queries ask for; a query that nobody waits for any more is given
 * up.
 */
class SqliteReaders {
  readonly #workers: readonly SqliteWorker[];
  readonly #idle: SqliteWorker[];
  readonly #reads = new SharedReads<ReadAnswer>(new ReadTurns(TURNS));

  constructor(file: string) {
    this.#workers = Array.from({ length: TURNS.atOnce }, () => new SqliteWorker(file));
    this.#idle = [...this.#workers];
  }

  ask(
    question: Extract<ReadQuestion, { ask: 'places' | 'groups' }>,
    signal: AbortSignal,
  ): ReturnType<AskReader> {
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
    try {
      return await answerOf(worker, question, signal);
    } finally {
      this.#idle.push(worker);
    }
  }
}

async function answerOf(
  worker: SqliteWorker,
  question: ReadQuestion,
  signal: AbortSignal,
): Promise<ReadAnswer> {
  const stop = () => worker.stopReading();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return (await worker.run(['answer', question])) as ReadAnswer;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Records after which the log is moved: a fraction of a second's at full speed. */
const RECORDS_TO_MOVE = 5_000;

/**
 * A store in one SQLite file, or in memory (`:memory:`). Throws StoreError when the file cannot be used.
 *
 * @param hasReaders whether threads that answer pages start at once, so that the first reader does not wait for them
 */
export function openSqliteStore(file: string, hasReaders = false): Store {
  const database = openSqlite(file);
  if (file === ':memory:') return inMemory(new SqliteRecords(database));
  database.close();
  // SQLite writes one change at a time, but reads meanwhile.
  const [changes, lookups, upkeep] = [new SqliteWorker(file), new SqliteWorker(file), new SqliteWorker(file)];
  // Adding up for dashboards takes no thread away from those who read.
  const adding = new SqliteWorker(file);
  if (hasReaders) for (const worker of [lookups, adding]) worker.start();
  const [change, lookUp] = [keepLogShort(toWorker(changes), toWorker(upkeep)), toWorker(lookups)];
  const readers = new SqliteReaders(file);
  return storeOf({
    change,
    lookUp,
    // Where records are is a search, and may take long; to fetch them is not, and waits for no search.
    ask: (question, signal) => {
      if (question.ask === 'records') return lookUp('answer', question);
      return question.ask === 'sums' ? answerOf(adding, question, signal) : readers.ask(question, signal);
    },
    close: async () => {
      adding.stopReading();
      const others = Promise.all([readers.close(), adding.close(), lookups.close(), upkeep.close()]);
      await others.finally(() => changes.close());
    },
  });
}

/**
 * Has the write-ahead log moved into the file now and then, by another thread than the one that writes: moving it
 * takes as long as many changes, which would have to wait.
 */
function keepLogShort(change: RunCall, upkeep: RunCall): RunCall {
  let [stored, isMoving] = [0, false];
  const move = async () => {
    [stored, isMoving] = [0, true];
    // If it fails, the thread that writes does it when the log has grown long.
    await upkeep('moveLog').catch(() => undefined);
    isMoving = false;
  };
  return async (name, ...values) => {
    const result = await change(name, ...values);
    const [, records] = values;
    stored += typeof records === 'object' && 'ends' in records ? countRecords(records) : 1;
    if (stored >= RECORDS_TO_MOVE && !isMoving) void move();
    return result;
  };
}

const toWorker = (worker: SqliteWorker): RunCall => callsBy((call) => worker.run(call));

function inMemory(records: SqliteRecords): Store {
  const run = callsBy(async (call) => {
    const [result] = records.run([call]);
    if (result?.status === 'rejected') throw result.reason;
    return result?.value;
  });
  return storeOf({
    change: run,
    lookUp: run,
    ask: (question) => run('answer', question),
    close: async () => records.close(),
  });
}

/** Has a thread add up what is not kept yet, in steps, each of which is kept before the next one. */
async function sumsOf(
  { ask, change }: Pick<Parts, 'ask' | 'change'>,
  dataSet: string,
  plans: readonly GroupsPlan[],
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  while (true) {
    signal.throwIfAborted();
    const step = await ask({ ask: 'sums', dataSet, plans }, signal);
    signal.throwIfAborted();
    if (step.answer !== 'sums') throw new ReadTooSlow();
    const keeping =
      step.added.length === 0
        ? Promise.resolve(true)
        : change('keep', dataSet, step.added).then(
            () => true,
            () => false,
          );
    if (step.answers !== undefined) return step.answers;
    // On a full disk the records can still be read.
    if (!(await keeping)) return plans.map(() => undefined);
  }
}

interface Parts {
  readonly change: RunCall;
  /** For what takes a moment. */
  readonly lookUp: RunCall;
  readonly ask: AskReader;
  readonly close: () => Promise<void>;
}

function storeOf({ change, lookUp, ask, close }: Parts): Store {
  return {
    replace: async (dataSet, records, updatedAt) =>
      change('replace', dataSet, packRecords(records), updatedAt),
    remove: (dataSet, id) => change('remove', dataSet, id),
    empty: (dataSet) => change('empty', dataSet),
    summary: (dataSet) => lookUp('summary', dataSet),
    read: (dataSet, plan, signal = NEVER) => readSqlite(ask, dataSet, plan, signal),
    sums: (dataSet, plans, signal = NEVER) => sumsOf({ ask, change }, dataSet, plans, signal),
    keepWanted: (plans, now) => change('keepWanted', Object.fromEntries(definitionsByDataSet(plans)), now),
    lastUpdate: (dataSet) => lookUp('lastUpdate', dataSet),
    version: (dataSet) => lookUp('version', dataSet),
    async *records(dataSet) {
      // Page by page: a statement left open would keep what is stored meanwhile from ever being moved into the file.
      let page: readonly PageRow[];
      let last = { timestamp: '', position: 0 };
      do {
        page = await lookUp('page', dataSet, last);
        for (const { position: _, ...record } of page) yield record;
        last = page.at(-1) ?? last;
      } while (page.length === PAGE);
    },
    close,
  };
}
