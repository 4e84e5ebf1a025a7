import { TooManyDeadLettersError } from './failures.ts';
import type {
  Acknowledgement,
  Batch,
  DeadLetter,
  Outcome,
  RunCounts,
  RunObserver,
  RunResult,
} from './interfaces.ts';
import type { Span, Step } from './state-interface.ts';

interface About {
  readonly job: string;
  readonly number: number;
  readonly startedAt: number;
  readonly maxDeadLetters: number;
  readonly observer: RunObserver;
}

/** What a run has done until now, and what of it is not remembered yet. */
export class RunSoFar {
  readonly job: string;
  readonly number: number;
  readonly startedAt: number;
  /** False as soon as a query gave fewer rows than `expect.min_rows`. */
  isReady = true;
  readonly #about: About;
  readonly #counts = { rows: 0, records: 0, deadLetters: 0, requests: 0, bytesSent: 0 };
  #window: Span | undefined;
  #newLetters: DeadLetter[] = [];
  #healed: string[] = [];
  readonly #firstLetters: DeadLetter[] = [];

  constructor(about: About) {
    this.#about = about;
    this.job = about.job;
    this.number = about.number;
    this.startedAt = about.startedAt;
  }

  get counts(): RunCounts {
    return { ...this.#counts };
  }

  rowRead(): void {
    this.#counts.rows += 1;
  }

  requestsMade({ requests, bytesSent }: Pick<Acknowledgement, 'requests' | 'bytesSent'>): void {
    this.#counts.requests += requests;
    this.#counts.bytesSent += bytesSent;
  }

  /**
   * Notes what became of a batch; throws TooManyDeadLettersError.
   *
   * @param healed keys of stored dead letters that were in it
   */
  acknowledged(
    batch: Batch,
    answer: Acknowledgement,
    window: Span | undefined,
    healed: readonly string[],
  ): void {
    this.requestsMade(answer);
    this.#counts.records += batch.ends.length - answer.refused.length;
    for (const { id, json, cause, reason, remedy } of answer.refused) {
      this.bury({ key: id, cause, reason, remedy, content: { kind: 'record', json }, window });
    }
    const refused = new Set(answer.refused.map(({ id }) => id));
    this.#healed.push(...healed.filter((key) => !refused.has(key)));
  }

  /** Sets aside what cannot be delivered; throws TooManyDeadLettersError. */
  bury(letter: DeadLetter): void {
    this.#counts.deadLetters += 1;
    this.#newLetters.push(letter);
    if (this.#firstLetters.length < 3) this.#firstLetters.push(letter);
    this.#about.observer.deadLetter(this.job, this.number, letter);
    if (this.#counts.deadLetters > this.#about.maxDeadLetters) throw this.#tooMany();
  }

  /** Throws TooManyDeadLettersError when nothing but dead letters came of the rows: then the job is wrong. */
  refuseNothingButDeadLetters(): void {
    const { rows, deadLetters } = this.#counts;
    if (deadLetters > 0 && deadLetters >= rows) throw this.#tooMany();
  }

  windowCollected({ from, to }: Span): void {
    this.#window = { from: this.#window?.from ?? from, to };
  }

  /** All that is to be remembered now, which is then no longer held here. */
  step(change: Pick<Step, 'progress' | 'backfill'>): Step {
    const step = { ...change, counts: this.counts, deadLetters: this.#newLetters, delivered: this.#healed };
    this.#newLetters = [];
    this.#healed = [];
    return step;
  }

  ended(outcome: Outcome, endedAt: number, failure: RunResult['failure']): RunResult {
    const { job, startedAt } = this;
    return { job, outcome, startedAt, endedAt, window: this.#window, failure, ...this.#counts };
  }

  /** How a run ends that nothing has stopped. */
  get outcome(): Outcome {
    if (!this.isReady) return 'not_ready';
    if (this.#counts.deadLetters > 0) return 'partial';
    return this.#counts.rows === 0 && this.#counts.records === 0 ? 'empty' : 'succeeded';
  }

  #tooMany(): TooManyDeadLettersError {
    return new TooManyDeadLettersError(this.#counts, this.#firstLetters, this.#about.maxDeadLetters);
  }
}
