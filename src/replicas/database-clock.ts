import { MINUTE } from '../calendar/durations.ts';

interface Sample {
  /** What has to be added to the monotonic clock. */
  readonly difference: number;
  /** By how much it may be wrong. */
  readonly error: number;
  readonly at: number;
}

/** After this long a sample is replaced by any newer one, since clocks do not run alike. */
const LONGEST_BELIEVED = MINUTE;

/**
 * The database's clock, which all replicas share, as this process knows it from the database's answers: whatever the
 * clock of its machine says, and also while the database does not answer. All times are milliseconds.
 */
export class DatabaseClock {
  readonly #monotonic: () => number;
  #best: Sample | undefined;

  /** @param monotonic a clock that nobody sets */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Whether the database has ever told its time. */
  get isKnown(): boolean {
    return this.#best !== undefined;
  }

  /** Epoch milliseconds. Throws while it is not known. */
  now(): number {
    if (this.#best === undefined) throw new Error('the time of the database is not known yet');
    return Math.floor(this.#monotonic() + this.#best.difference);
  }

  /** Asks for the time. @param ask gives the database's clock, epoch milliseconds */
  async ask<Answer extends { readonly now: number }>(ask: () => Promise<Answer>): Promise<Answer> {
    const sent = this.#monotonic();
    const answer = await ask();
    const received = this.#monotonic();
    this.#take({
      difference: answer.now - (sent + received) / 2,
      error: (received - sent) / 2,
      at: received,
    });
    return answer;
  }

  #take(sample: Sample): void {
    const best = this.#best;
    const isBetter =
      best === undefined || sample.error <= best.error || sample.at - best.at > LONGEST_BELIEVED;
    if (isBetter || isSet(best, sample)) this.#best = sample;
  }
}

/** Two samples that cannot both be right: somebody has set the database's clock. */
const isSet = (one: Sample, other: Sample): boolean =>
  Math.abs(one.difference - other.difference) > one.error + other.error + DRIFT;

/** Milliseconds by which two clocks may come apart while a sample is believed. */
const DRIFT = 50;
