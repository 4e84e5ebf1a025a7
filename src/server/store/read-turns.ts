/** Too many reads of a data set wait already, or one has waited too long; nothing is wrong with the store. */
export class ReadsBusy extends Error {
  constructor() {
    super('too many reads of the data set at the same time');
    this.name = 'ReadsBusy';
  }
}

/** Reads of one data set that may wait. */
const MOST_WAITING = 20;
/** Milliseconds that a read may wait. */
const LONGEST_WAIT = 10_000;

type Enter = () => void;

export interface TurnLimits {
  /** Reads that may run at the same time, and how many of them may be of one data set: fewer, so that others get in. */
  readonly atOnce: number;
  readonly ofOneDataSet: number;
  readonly mostWaiting?: number;
  /** Milliseconds. */
  readonly longestWait?: number;
}

/** Lets a few reads run at a time. Data sets take turns, so that the reads of one never keep out those of another. */
export class ReadTurns {
  readonly #limits: Required<TurnLimits>;
  #count = 0;
  readonly #running = new Map<string, number>();
  /** By data set; the one whose turn is next comes first. */
  readonly #waiting = new Map<string, Set<Enter>>();

  constructor(limits: TurnLimits) {
    this.#limits = { mostWaiting: MOST_WAITING, longestWait: LONGEST_WAIT, ...limits };
  }

  /**
   * Resolves to what ends the turn; calling that again does nothing. Throws ReadsBusy, and the signal's reason when
   * it is aborted before the turn comes.
   */
  async take(dataSet: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#hasRoom(dataSet)) this.#begin(dataSet);
    else await this.#wait(dataSet, signal);
    let isRunning = true;
    return () => {
      if (isRunning) this.#end(dataSet);
      isRunning = false;
    };
  }

  #hasRoom(dataSet: string): boolean {
    const { atOnce, ofOneDataSet } = this.#limits;
    return this.#count < atOnce && (this.#running.get(dataSet) ?? 0) < ofOneDataSet;
  }

  async #wait(dataSet: string, signal: AbortSignal): Promise<void> {
    const queue = this.#waiting.get(dataSet) ?? new Set();
    if (queue.size >= this.#limits.mostWaiting) throw new ReadsBusy();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.set(dataSet, queue.add(resolve));
    // Once the turn has come nothing leaves the queue any more: whoever runs the read looks at the signal.
    const leave = (reason: unknown) => {
      if (!queue.delete(resolve)) return;
      if (queue.size === 0) this.#waiting.delete(dataSet);
      reject(reason);
    };
    const onAbort = () => leave(signal.reason);
    const timer = setTimeout(() => leave(new ReadsBusy()), this.#limits.longestWait);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  #begin(dataSet: string): void {
    this.#count += 1;
    this.#running.set(dataSet, (this.#running.get(dataSet) ?? 0) + 1);
  }

  #end(dataSet: string): void {
    this.#count -= 1;
    const stillRunning = (this.#running.get(dataSet) ?? 1) - 1;
    if (stillRunning === 0) this.#running.delete(dataSet);
    else this.#running.set(dataSet, stillRunning);
    this.#letIn();
  }

  #letIn(): void {
    for (const [dataSet, queue] of [...this.#waiting]) {
      const [enter] = queue;
      if (enter === undefined || !this.#hasRoom(dataSet)) continue;
      this.#begin(dataSet);
      queue.delete(enter);
      // The data set goes to the end of the row.
      this.#waiting.delete(dataSet);
      if (queue.size > 0) this.#waiting.set(dataSet, queue);
      enter();
    }
  }
}
