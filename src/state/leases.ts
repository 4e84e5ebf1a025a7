import type { JobLease, LeaseHolder } from '../model/state.ts';
import { StateError } from './sqlite/failures.ts';
import type { LeaseRow, LeaseRows } from './sqlite/lease-rows.ts';
import type { Transactions } from './sqlite/transactions.ts';

/** Milliseconds. */
export interface LeaseTimes {
  readonly renewEvery: number;
  /** How long a lease is believed in where nobody can see whether its holder lives. */
  readonly validFor: number;
}

/** What the leases need of the state around them. */
export interface LeaseSurroundings {
  readonly rows: LeaseRows;
  readonly transactions: Transactions;
  readonly times: LeaseTimes;
  /** For people: this process. */
  readonly holder: string;
  readonly now: () => number;
  /** Called within the transaction that takes over the lease of a process that is no more. */
  readonly takenOver: (job: string, from: LeaseRow) => void;
}

interface Held {
  readonly since: number;
  readonly lost: AbortController;
}

/** The leases of this opening of the state. */
export class SqliteLeases {
  readonly #around: LeaseSurroundings;
  /** Undefined while it is being taken or released. */
  readonly #held = new Map<string, Held | undefined>();
  /** Released, but still stored, as the state could not be written. */
  readonly #leftBehind = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isRenewing = false;

  constructor(around: LeaseSurroundings) {
    this.#around = around;
  }

  async take(job: string): Promise<JobLease | LeaseHolder> {
    const { holder, now, transactions } = this.#around;
    if (this.#held.has(job)) return { kind: 'busy', holder, since: this.#held.get(job)?.since ?? now() };
    this.#held.set(job, undefined);
    let taken: Held | LeaseHolder | undefined;
    try {
      taken = await transactions.note(() => this.#takeRow(job));
      return 'kind' in taken ? taken : this.#leaseOf(job, taken);
    } finally {
      if (taken === undefined || 'kind' in taken) this.#held.delete(job);
    }
  }

  /**
   * To be called in the transaction that changes what belongs to the job. Throws a StateError when the lease is not, or
   * no longer, held.
   */
  mustHold(job: string): void {
    if (!this.holds(job)) throw this.#lose(job);
  }

  /** To be called in a transaction. */
  holds(job: string): boolean {
    return this.#held.get(job) !== undefined && this.#around.rows.isOurs(job);
  }

  /** To be called in a transaction. */
  holderOf(job: string): LeaseHolder | undefined {
    const { rows, now } = this.#around;
    const lease = rows.of(job);
    if (lease === undefined || (!this.holds(job) && rows.isFree(lease, now()))) return undefined;
    return { kind: 'busy', holder: lease.holder, since: lease.since };
  }

  async releaseAll(): Promise<void> {
    await Promise.all([...this.#held].map(([job, held]) => held && this.#release(job, held)));
    if (this.#leftBehind.size > 0) await this.#renew().catch(() => undefined);
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #takeRow(job: string): Held | LeaseHolder {
    const { rows, now, times, takenOver } = this.#around;
    const time = now();
    const before = rows.of(job);
    if (before !== undefined && !rows.isFree(before, time)) {
      return { kind: 'busy', holder: before.holder, since: before.since };
    }
    if (before !== undefined) takenOver(job, before);
    rows.write(job, time, time + times.validFor);
    return { since: time, lost: new AbortController() };
  }

  #leaseOf(job: string, held: Held): JobLease {
    this.#held.set(job, held);
    this.#leftBehind.delete(job);
    this.#timer ??= setInterval(
      () => this.#renew().catch(() => undefined),
      this.#around.times.renewEvery,
    ).unref();
    let released: Promise<void> | undefined;
    return {
      kind: 'lease',
      lost: held.lost.signal,
      release: () => {
        released ??= this.#release(job, held);
        return released;
      },
    };
  }

  /**
   * Never throws: a lease that cannot be removed now is removed later, and counts for nobody once this process is no
   * more.
   */
  async #release(job: string, held: Held): Promise<void> {
    if (this.#held.get(job) !== held) return;
    this.#held.set(job, undefined);
    await this.#around.transactions
      .note(() => this.#around.rows.remove(job))
      .catch(() => this.#leftBehind.add(job));
    this.#held.delete(job);
  }

  /** What cannot be renewed now is so at the next tick. */
  async #renew(): Promise<void> {
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    try {
      for (const job of await this.#around.transactions.note(() => this.#renewRows())) this.#lose(job);
    } finally {
      this.#isRenewing = false;
    }
  }

  /** Gives the jobs whose leases another process has. */
  #renewRows(): readonly string[] {
    const { rows, now, times } = this.#around;
    for (const job of this.#leftBehind) if (!this.#held.has(job)) rows.remove(job);
    const time = now();
    return [...this.#held.keys()].filter(
      (job) => this.#held.get(job) !== undefined && !rows.renew(job, time, time + times.validFor),
    );
  }

  #lose(job: string): StateError {
    const holder = this.#around.rows.of(job)?.holder;
    const error = new StateError(
      `this process does not hold the lease of the job ${job}${holder === undefined ? '' : `: ${holder} does`}`,

      'See that only one pp-db-collector works with this state at a time, or that all of them keep the same time; ' +
        'the next run goes on where the last acknowledgement ended.',
    );
    const held = this.#held.get(job);
    if (held !== undefined) this.#held.delete(job);
    held?.lost.abort(error);
    return error;
  }
}
