import { randomUUID } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Batch } from '../model/batch.ts';
import type { Delivered } from '../model/dead-letter.ts';
import type { RefusedPending, SnapshotMade } from '../model/pending.ts';
import type { Progress, Span, Step } from '../model/progress.ts';
import type { RunningRun, RunResult } from '../model/run.ts';
import type { JobHistory, JobStanding, RunFilter } from '../model/run-memory.ts';
import type { State } from '../model/state.ts';
import { SqliteCollected } from './collected.ts';
import { SqliteDeadLetters } from './dead-letters.ts';
import { SqliteFigures } from './figures.ts';
import { type LeaseTimes, SqliteLeases } from './leases.ts';
import { SqlitePending } from './pending.ts';
import { ownIdentity, type ProcessIdentity } from './process-identity.ts';
import { SqliteProgress } from './progress.ts';
import { SqliteRuns } from './runs.ts';
import { StateError } from './sqlite/failures.ts';
import { LeaseRows } from './sqlite/lease-rows.ts';
import { openDatabase } from './sqlite/open-database.ts';
import { Statements } from './sqlite/statements.ts';
import { Transactions } from './sqlite/transactions.ts';

export interface StateOptions {
  /** Epoch milliseconds. */
  readonly now?: () => number;
  readonly identity?: ProcessIdentity;
  readonly leaseTimes?: LeaseTimes;
  /** Milliseconds to wait for a process that holds the file. */
  readonly patience?: number;
}

const LEASE_TIMES: LeaseTimes = { renewEvery: 10_000, validFor: 60_000 };
const PATIENCE = 5_000;

/** The state in one SQLite file, or in memory with `:memory:`. Throws StateError. */
export function openSqliteState(file: string, options: StateOptions = {}): State {
  return stateIn(openDatabase(file, options.patience ?? PATIENCE), options);
}

/** The state in a database that is open; it is closed with the state. */
export function stateIn(database: Database.Database, options: StateOptions = {}): State {
  return new SqliteState(database, options);
}

/** Each method is one transaction, and this class is where they begin and end. */
class SqliteState implements State {
  readonly #database: Database.Database;
  readonly #transactions: Transactions;
  readonly #leases: SqliteLeases;
  readonly #progress: SqliteProgress;
  readonly #collected: SqliteCollected;
  readonly #figures: SqliteFigures;
  readonly #runs: SqliteRuns;
  readonly #deadLetters: SqliteDeadLetters;
  readonly #pending: SqlitePending;
  readonly #now: () => number;

  constructor(database: Database.Database, options: StateOptions) {
    const {
      now = Date.now,
      identity = ownIdentity(),
      leaseTimes = LEASE_TIMES,
      patience = PATIENCE,
    } = options;
    const statements = new Statements(database);
    this.#database = database;
    this.#now = now;
    this.#transactions = new Transactions(database, database.name, patience);
    this.#progress = new SqliteProgress(statements);
    this.#collected = new SqliteCollected(statements);
    this.#figures = new SqliteFigures(statements);
    this.#runs = new SqliteRuns(statements);
    this.#deadLetters = new SqliteDeadLetters(statements);
    this.#pending = new SqlitePending(statements);
    this.#leases = new SqliteLeases({
      rows: new LeaseRows(statements, randomUUID(), identity),
      transactions: this.#transactions,
      times: leaseTimes,
      holder: identity.holder,
      now,
      takenOver: (job, from) => this.#runs.endUnfinished(job, from.renewed_at),
    });
  }

  takeLease(job: string) {
    return this.#leases.take(job);
  }

  holderOf(job: string) {
    return this.#transactions.read(() => this.#leases.holderOf(job));
  }

  jobs() {
    return this.#transactions.read(() => this.#progress.jobs());
  }

  progressOf(job: string) {
    return this.#transactions.read(() => this.#progress.of(job));
  }

  setProgress(
    job: string,
    progress: Progress | undefined,
    { elsewhere = false }: { readonly elsewhere?: boolean } = {},
  ) {
    return this.#transactions.write(() => {
      const before = this.#progress.of(job);
      this.#forgetVoid(job, before, elsewhere ? undefined : progress);
      this.#progress.set(job, progress);
    });
  }

  collectedOf(job: string) {
    return this.#transactions.read(() => this.#collected.of(job));
  }

  figuresOf(job: string) {
    return this.#transactions.read(() => this.#figures.of(job));
  }

  backfillOf(job: string, span: Span) {
    return this.#transactions.read(() => this.#progress.backfillOf(job, span));
  }

  beginRun(job: string, startedAt: number) {
    return this.#transactions.note(() => {
      // Whoever holds the lease runs the job alone: what has no end now was cut off.
      if (this.#leases.holds(job)) this.#runs.endUnfinished(job, startedAt);
      return this.#runs.begin(job, startedAt);
    });
  }

  acknowledged(job: string, run: number, step: Step) {
    const remember = () => {
      this.#leases.mustHold(job);
      this.#remember(job, run, step);
    };
    return isLasting(step) ? this.#transactions.write(remember) : this.#transactions.note(remember);
  }

  noteRun(run: number, { counts, work }: Pick<Step, 'counts' | 'work'>) {
    return this.#transactions.note(() => this.#runs.noteSoFar(run, counts, work));
  }

  running() {
    return this.#transactions.read(() => this.#running());
  }

  endRun(run: number, result: RunResult) {
    return this.#transactions.note(() => this.#runs.end(run, result));
  }

  runs(filter: RunFilter) {
    return this.#transactions.read(() => this.#runs.find(filter));
  }

  histories(jobs: readonly string[]) {
    const historyOf = (job: string): JobHistory => {
      const [lastRun] = this.#runs.find({ job, limit: 1 });
      const lastSuccessAt = this.#runs.lastSuccessOf(job, this.#now());
      const { unansweredSince, side } = lastRun?.failure ?? {};
      const isUnanswered = unansweredSince !== undefined && side !== undefined;
      return {
        lastRun,
        lastSuccessAt,
        unfinishedSince: this.#runs.unfinishedOf(job),
        unansweredSince: isUnanswered
          ? this.#runs.unansweredSinceOf(job, side, lastSuccessAt ?? 0)
          : undefined,
      };
    };
    return this.#transactions.read(() => new Map(jobs.map((job) => [job, historyOf(job)])));
  }

  startsAfter(time: number) {
    return this.#transactions.read(() => this.#runs.startsAfter(time));
  }

  standings() {
    return this.#transactions.read(() => {
      const [deadLetters, pending] = [this.#deadLetters.count(), this.#pending.count()];
      const [progress, running] = [this.#progress.all(), this.#running()];
      const known = [progress, deadLetters, pending, running];
      const jobs = new Set(known.flatMap((each) => [...each.keys()]));
      const standingOf = (job: string): JobStanding => ({
        progress: progress.get(job),
        deadLetters: deadLetters.get(job) ?? 0,
        pendingRecords: pending.get(job) ?? 0,
        running: running.get(job),
      });
      return new Map([...jobs].map((job) => [job, standingOf(job)]));
    });
  }

  deadLetters(filter: { readonly job?: string | undefined; readonly id?: number | undefined }) {
    return this.#transactions.read(() => this.#deadLetters.find(filter));
  }

  countDeadLetters() {
    return this.#transactions.read(() => this.#deadLetters.count());
  }

  overtakeDeadLetters(job: string, run: number, newer: readonly Delivered[]) {
    return this.#holding(job, () => this.#deadLetters.overtake(job, run, newer));
  }

  discardDeadLetters(ids: readonly number[]) {
    return this.#transactions.write(() => this.#deadLetters.discard(ids));
  }

  beginPending(job: string, takenAt: number, made: SnapshotMade = {}) {
    return this.#holding(job, () => this.#pending.begin(job, takenAt, made));
  }

  addPending(snapshot: number, batch: Batch) {
    return this.#transactions.write(() => {
      this.#leases.mustHold(this.#jobStoring(snapshot));
      this.#pending.add(snapshot, batch);
    });
  }

  sealPending(job: string, run: number, snapshot: number, replace: boolean, step: Step) {
    return this.#holding(job, () => {
      this.#jobStoring(snapshot);
      this.#pending.seal(job, run, snapshot, replace);
      if (replace) this.#deadLetters.removeOlder(job, run);
      this.#remember(job, run, step);
    });
  }

  discardPending(snapshot: number) {
    return this.#holdingJobOf(snapshot, () => this.#pending.discard(snapshot));
  }

  pendingOf(job: string) {
    return this.#transactions.read(() => this.#pending.sealedOf(job));
  }

  nextPending(snapshot: number, after: number | undefined) {
    return this.#transactions.read(() => this.#pending.nextBatch(snapshot, after));
  }

  pendingEmptied(snapshot: number) {
    return this.#holdingJobOf(snapshot, () => this.#pending.emptied(snapshot));
  }

  pendingAcknowledged(job: string, run: number, batch: number, step: Step) {
    return this.#holding(job, () => {
      this.#pending.acknowledged(job, batch);
      this.#remember(job, run, step);
    });
  }

  pendingRefused(job: string, run: number, batch: number, refused: RefusedPending, step: Step) {
    return this.#holding(job, () => {
      this.#pending.refused(job, batch, refused);
      this.#remember(job, run, step);
    });
  }

  expirePending(job: string, takenBefore: number) {
    return this.#holding(job, () => this.#pending.expire(job, takenBefore));
  }

  async close() {
    if (!this.#database.open) return;
    await this.#leases.releaseAll();
    try {
      this.#database.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // The log stays beside the file, and whoever opens it next reads both.
    }
    this.#database.close();
  }

  #holding<Result>(job: string, action: () => Result): Promise<Result> {
    return this.#transactions.write(() => {
      this.#leases.mustHold(job);
      return action();
    });
  }

  /** A snapshot that is gone needs no change. */
  #holdingJobOf(snapshot: number, action: () => void): Promise<void> {
    return this.#transactions.write(() => {
      const job = this.#pending.jobOf(snapshot);
      if (job === undefined) return;
      this.#leases.mustHold(job);
      action();
    });
  }

  /** What has no end goes on where somebody holds the lease of the job; else it was cut off. */
  #running(): ReadonlyMap<string, RunningRun> {
    return new Map([...this.#runs.unfinished()].filter(([job]) => this.#leases.holderOf(job) !== undefined));
  }

  /** What was collected and has arrived is void as far as a job is taken back. @param after undefined: as a whole */
  #forgetVoid(job: string, before: Progress | undefined, after: Progress | undefined): void {
    const isBack = Number(before?.collectedTo) > Number(after?.collectedTo);
    if (after === undefined) this.#collected.forget(job);
    else if (isBack) this.#collected.cutAt(job, Number(after.collectedTo));
    const moves = JSON.stringify(before?.cursor) !== JSON.stringify(after?.cursor);
    if (after === undefined || moves) this.#figures.forget(job);
    else if (isBack) this.#figures.cutAt(job, Number(after.collectedTo));
  }

  #jobStoring(snapshot: number): string {
    const job = this.#pending.jobOf(snapshot);
    if (job !== undefined && !this.#pending.isSealed(snapshot)) return job;
    throw new StateError(
      'the pending records that this run stored are gone: another process has run the job in the meantime',
      'See that only one pp-db-collector works with this state at a time; the next run collects a snapshot again.',
    );
  }

  #remember(job: string, run: number, step: Step): void {
    const { progress, collected, figures, counts, work, deadLetters, delivered, backfill } = step;
    if (progress !== undefined) this.#progress.move(job, progress);
    if (collected !== undefined) this.#collected.add(job, collected);
    if (figures !== undefined) this.#figures.add(job, figures);
    if (backfill !== undefined) this.#progress.moveBackfill(job, backfill.span, backfill.acknowledgedTo);
    this.#runs.noteSoFar(run, counts, work);
    this.#deadLetters.remember(job, run, deadLetters, this.#now());
    this.#deadLetters.removeDelivered(job, delivered);
    this.#pending.removeDelivered(job, delivered);
  }
}

/** Whether a step says more than how much a run has done. */
function isLasting({ progress, backfill, deadLetters, delivered }: Step): boolean {
  return progress !== undefined || backfill !== undefined || deadLetters.length + delivered.length > 0;
}
