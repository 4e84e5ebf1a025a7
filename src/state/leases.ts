import type { JobLease, LeaseHolder } from '../model/state.ts';
import { StateError } from './state-error.ts';
import type { Transactions } from './transactions.ts';
import type { Work } from './work.ts';

/** Milliseconds. */
export interface LeaseTimes {
  readonly renewEvery: number;
  /** How long a lease is believed in where nobody can see whether its holder lives. */
  readonly validFor: number;
}

/** A lease as it is stored. */
export interface StoredLease {
  readonly holder: string;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly renewedAt: number;
  /** Whether it is that of this opening of the state: a process may have several. */
  readonly isOurs: boolean;
  /** Whether it may be taken. */
  isFree(): boolean;
}

/** How leases are stored, and by what they are judged. */
export interface LeaseRows {
  of(job: string): Work<StoredLease | undefined>;
  /** By job. */
  all(): Work<ReadonlyMap<string, StoredLease>>;
  /** Whether it is ours, and stays so until the transaction ends. */
  isOurs(job: string): Work<boolean>;
  /** Nobody else takes the job until the transaction ends; gives the lease that is there. */
  taking(job: string): Work<StoredLease | undefined>;
  /** Makes it ours; gives since when, epoch milliseconds. */
  write(job: string): Work<number>;
  /** All at once, because runs wait for it meanwhile; gives those that are still ours. */
  renew(jobs: readonly string[]): Work<ReadonlySet<string>>;
  /** If it is ours. */
  remove(job: string): Work<unknown>;
}

/** What the leases need of the state around them. */
export interface LeaseSurroundings {
  readonly rows: LeaseRows;
  readonly transactions: Transactions;
  readonly times: LeaseTimes;
  /** For people: this process. */
  readonly holder: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Done within the transaction that takes over the lease of a process that is no more. */
  readonly takenOver: (job: string, lastSeen: number) => Work<unknown>;
  /**
   * Whether others take a lease that was not renewed for as long as it is valid, also from one that lives: then it is
   * given up here before.
   */
  readonly endsUnrenewed: boolean;
}

interface Held {
  readonly since: number;
  readonly lost: AbortController;
  /** Gives it up when it was not renewed. */
  end?: NodeJS.Timeout;
}

/** The leases of this opening of the state. */
export class Leases {
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
      const asked = performance.now();
      taken = await transactions.note(() => this.#takeRow(job));
      return 'kind' in taken ? taken : this.#leaseOf(job, taken, asked);
    } finally {
      if (taken === undefined || 'kind' in taken) this.#held.delete(job);
    }
  }

  /**
   * To be done in the transaction that changes what belongs to the job. Throws a StateError when the lease is not, or
   * no longer, held.
   */
  *mustHold(job: string): Work<void> {
    if (yield* this.holds(job)) return;
    throw this.#lose(job, (yield* this.#around.rows.of(job))?.holder);
  }

  *holds(job: string): Work<boolean> {
    return this.#held.get(job) !== undefined && (yield* this.#around.rows.isOurs(job));
  }

  *holderOf(job: string): Work<LeaseHolder | undefined> {
    const lease = yield* this.#around.rows.of(job);
    return lease && this.#holderIn(job, lease);
  }

  *holders(): Work<ReadonlyMap<string, LeaseHolder>> {
    const holders = new Map<string, LeaseHolder>();
    for (const [job, lease] of yield* this.#around.rows.all()) {
      const holder = this.#holderIn(job, lease);
      if (holder !== undefined) holders.set(job, holder);
    }
    return holders;
  }

  #holderIn(job: string, lease: StoredLease): LeaseHolder | undefined {
    const isHeld = lease.isOurs && this.#held.get(job) !== undefined;
    return !isHeld && lease.isFree() ? undefined : holderIn(lease);
  }

  async releaseAll(): Promise<void> {
    await Promise.all([...this.#held].map(([job, held]) => held && this.#release(job, held)));
    if (this.#leftBehind.size > 0) await this.#renew().catch(() => undefined);
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  *#takeRow(job: string): Work<Held | LeaseHolder> {
    const { rows, takenOver } = this.#around;
    const before = yield* rows.taking(job);
    if (before !== undefined && !before.isFree()) return holderIn(before);
    if (before !== undefined) yield* takenOver(job, before.renewedAt);
    return { since: yield* rows.write(job), lost: new AbortController() };
  }

  /** @param asked when it was, by `performance.now` */
  #leaseOf(job: string, held: Held, asked: number): JobLease {
    this.#held.set(job, held);
    this.#leftBehind.delete(job);
    this.#keepUntil(job, held, asked);
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
    clearTimeout(held.end);
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
      const asked = performance.now();
      const renewed = await this.#around.transactions.urgent(() => this.#renewRows());
      for (const { job, held, holder, isOurs } of renewed) {
        if (this.#held.get(job) !== held) continue;
        if (isOurs) this.#keepUntil(job, held, asked);
        else this.#lose(job, holder);
      }
    } finally {
      this.#isRenewing = false;
    }
  }

  *#renewRows() {
    const { rows } = this.#around;
    for (const job of this.#leftBehind) if (!this.#held.has(job)) yield* rows.remove(job);
    const all = [...this.#held].flatMap(([job, held]) => (held === undefined ? [] : [{ job, held }]));
    const ours = yield* rows.renew(all.map(({ job }) => job));
    const renewed: { job: string; held: Held; isOurs: boolean; holder: string | undefined }[] = [];
    for (const { job, held } of all) {
      const isOurs = ours.has(job);
      renewed.push({ job, held, isOurs, holder: isOurs ? undefined : (yield* rows.of(job))?.holder });
    }
    return renewed;
  }

  /** By the clock of this process, which nobody sets, from before the database heard of it. */
  #keepUntil(job: string, held: Held, asked: number): void {
    const { endsUnrenewed, times } = this.#around;
    if (!endsUnrenewed) return;
    clearTimeout(held.end);
    const end = () => {
      if (this.#held.get(job) === held) this.#giveUp(job, unrenewed(job, times.validFor));
    };
    held.end = setTimeout(end, asked + times.validFor - performance.now()).unref();
  }

  #lose(job: string, holder: string | undefined): StateError {
    const error = new StateError(
      `this process does not hold the lease of the job ${job}${holder === undefined ? '' : `: ${holder} does`}`,
      `${this.#around.endsUnrenewed ? KEEP_RENEWING : KEEP_APART}; the next run goes on where the last acknowledgement ended.`,
    );
    this.#giveUp(job, error);
    return error;
  }

  #giveUp(job: string, error: StateError): void {
    const held = this.#held.get(job);
    if (held === undefined) return;
    clearTimeout(held.end);
    this.#held.delete(job);
    held.lost.abort(error);
  }
}

const holderIn = ({ holder, since }: StoredLease): LeaseHolder => ({ kind: 'busy', holder, since });

const KEEP_APART =
  'See that only one pp-db-collector works with this state at a time, or that all of them keep the same time';
const KEEP_RENEWING =
  'See that the state database can be reached and is not overloaded, and that this process is not suspended';

const unrenewed = (job: string, validFor: number) =>
  new StateError(
    `the lease of the job ${job} could not be renewed for ${validFor / 1_000} s: another process may run it by now`,
    `${KEEP_RENEWING}; the next run goes on where the last acknowledgement ended.`,
    { side: 'source' },
  );
