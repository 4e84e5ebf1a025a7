/** A run that waits, is due, goes on or is over. Times are epoch milliseconds. */
export interface ModelledRun {
  readonly id: string;
  readonly job: string;
  readonly database: string;
  readonly tick: number;
  readonly dueAt: number;
  /** In which order runs came, among those that are due at the same time. */
  readonly order: number;
  /** The run that stands for this one as well. */
  mergedInto: string | undefined;
  startedAt: number | undefined;
  endedAt: number | undefined;
}

/**
 * The table of runs, as all replicas see it: a second run with the id of one that is known is ignored, and who counts
 * what may run holds a lock that the others wait for.
 */
export class ModelledQueue {
  readonly runs = new Map<string, ModelledRun>();
  readonly active = new Map<string, ModelledRun>();
  readonly #waiting: ModelledRun[] = [];
  #due: ModelledRun[] = [];

  /** @returns whether its id was not known */
  add(run: Omit<ModelledRun, 'order' | 'mergedInto' | 'startedAt' | 'endedAt'>): boolean {
    if (this.runs.has(run.id)) return false;
    const order = this.runs.size;
    const added = { ...run, order, mergedInto: undefined, startedAt: undefined, endedAt: undefined };
    this.runs.set(run.id, added);
    this.#waiting.push(added);
    return true;
  }

  /** What is due, first come, first: by seconds, as the queue's priority tells them. */
  due(now: number): readonly ModelledRun[] {
    const come = this.#waiting.filter(({ dueAt }) => dueAt <= now);
    if (come.length === 0) return this.#due;
    const left = this.#waiting.filter(({ dueAt }) => dueAt > now);
    this.#waiting.splice(0, this.#waiting.length, ...left);
    this.#due = [...this.#due, ...come].sort(
      (one, other) => second(one) - second(other) || one.order - other.order,
    );
    return this.#due;
  }

  start(run: ModelledRun): void {
    this.active.set(run.job, run);
  }

  /** Takes these, and what they stand for, from those that are due. */
  remove(runs: ReadonlySet<ModelledRun>): void {
    this.#due = this.#due.filter((run) => !runs.has(run));
  }

  /** Whether nothing waits or goes on. */
  isEmpty(now: number): boolean {
    return this.due(now).length === 0 && this.#waiting.length === 0 && this.active.size === 0;
  }

  end(run: ModelledRun): void {
    this.active.delete(run.job);
  }
}

const second = ({ dueAt }: ModelledRun): number => Math.floor(dueAt / 1_000);
