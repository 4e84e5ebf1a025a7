import type { Batch } from '../model/batch.ts';
import type { Delivered } from '../model/dead-letter.ts';
import type { RefusedPending, SnapshotMade } from '../model/pending.ts';
import type { Progress, Span, Step } from '../model/progress.ts';
import type { RunResult } from '../model/run.ts';
import type { RunFilter } from '../model/run-memory.ts';
import type { Forgotten, SentDoubt } from '../model/sent-records.ts';
import type { State } from '../model/state.ts';
import type { RememberedVerification } from '../model/verification.ts';
import { collectedOf } from './collected.ts';
import { copyState } from './copy-state.ts';
import { changeDataSet, dataSetStanding } from './data-sets.ts';
import {
  countDeadLetters,
  discardDeadLetters,
  findDeadLetters,
  overtakeDeadLetters,
  removeOlderLetters,
} from './dead-letters.ts';
import { figuresOf, recentRecords } from './figures.ts';
import { forgetVoid } from './forget-void.ts';
import { historiesOf } from './histories.ts';
import { latenessOf } from './lateness.ts';
import { type LeaseSurroundings, Leases } from './leases.ts';
import type { Numbers } from './numbers.ts';
import { Pending } from './pending.ts';
import type { PendingSql } from './pending-sql.ts';
import { backfillOf, progressOf, rememberedJobs, setProgress } from './progress.ts';
import { isLasting, rememberStep } from './remember-step.ts';
import { rowsBehindOf } from './rows-behind.ts';
import { beginRun, endRun, endUnfinished, findRuns, noteRun, startsAfter } from './runs.ts';
import { doubtSent, forgetSent, sentOf } from './sent-records.ts';
import { runningRuns, standings } from './standings.ts';
import { StateError } from './state-error.ts';
import type { Transactions } from './transactions.ts';
import { newestVerifications, rememberVerification, verificationsOf } from './verifications.ts';
import type { Work } from './work.ts';

/** What a state is made of, whichever database keeps it. */
export interface StateParts {
  readonly transactions: Transactions;
  readonly leases: Omit<LeaseSurroundings, 'transactions' | 'now' | 'takenOver'>;
  readonly pending: PendingSql;
  readonly numbers: Numbers;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Closes the database. */
  readonly close: () => Promise<void>;
}

/** Each method is one transaction, and this class is where they begin and end. */
export class StoredState implements State {
  readonly #transactions: Transactions;
  readonly #leases: Leases;
  readonly #pending: Pending;
  readonly #sql: Pick<StateParts, 'pending' | 'numbers'>;
  readonly #now: () => number;
  readonly #closeDatabase: () => Promise<void>;
  #closed: Promise<void> | undefined;

  constructor({ transactions, leases, pending, numbers, now, close }: StateParts) {
    this.#transactions = transactions;
    this.#leases = new Leases({ ...leases, transactions, now, takenOver: endUnfinished });
    this.#pending = new Pending(pending);
    this.#sql = { pending, numbers };
    this.#now = now;
    this.#closeDatabase = close;
  }

  takeLease(job: string) {
    return this.#leases.take(job);
  }

  holderOf(job: string) {
    return this.#transactions.read(() => this.#leases.holderOf(job));
  }

  holders() {
    return this.#transactions.read(() => this.#leases.holders());
  }

  jobs() {
    return this.#transactions.read(rememberedJobs);
  }

  progressOf(job: string) {
    return this.#transactions.read(() => progressOf(job));
  }

  setProgress(
    job: string,
    progress: Progress | undefined,
    { elsewhere = false }: { readonly elsewhere?: boolean } = {},
  ) {
    return this.#transactions.write(function* () {
      const before = yield* progressOf(job);
      yield* forgetVoid(job, before, elsewhere ? undefined : progress);
      yield* setProgress(job, progress);
    });
  }

  collectedOf(job: string) {
    return this.#transactions.read(() => collectedOf(job));
  }

  figuresOf(job: string) {
    return this.#transactions.read(() => figuresOf(job));
  }

  recentRecords(jobs: readonly string[], until: number, most: number) {
    return this.#transactions.read(() => recentRecords(jobs, until, most));
  }

  backfillOf(job: string, span: Span) {
    return this.#transactions.read(() => backfillOf(job, span));
  }

  latenessOf(job: string) {
    return this.#transactions.read(() => latenessOf(job));
  }

  rowsBehindOf(job: string) {
    return this.#transactions.read(() => rowsBehindOf(job));
  }

  sentOf(job: string, rules: string, span: Span) {
    return this.#transactions.read(() => sentOf(job, rules, span));
  }

  doubtSent(job: string, rules: string, doubts: readonly SentDoubt[]) {
    return this.#holding(job, () => doubtSent(job, rules, doubts));
  }

  forgetSent(job: string, what: Forgotten) {
    return this.#transactions.write(() => forgetSent(job, what));
  }

  dataSetStanding(address: string) {
    return this.#transactions.read(() => dataSetStanding(address));
  }

  dataSetChanging(address: string) {
    return this.#transactions.write(() => changeDataSet(address, this.#now()));
  }

  dataSetChanged(address: string) {
    return this.#transactions.write(() => changeDataSet(address, null));
  }

  rememberVerification(verification: RememberedVerification) {
    return this.#transactions.write(() => rememberVerification(verification));
  }

  verificationsOf(job: string) {
    return this.#transactions.read(() => verificationsOf(job));
  }

  newestVerifications() {
    return this.#transactions.read(newestVerifications);
  }

  beginRun(job: string, startedAt: number) {
    return this.#transactions.note(() => this.#beginRun(job, startedAt));
  }

  acknowledged(job: string, run: number, step: Step) {
    const remember = () => this.#holdingJob(job, () => this.#remember(job, run, step));
    return isLasting(step) ? this.#transactions.write(remember) : this.#transactions.note(remember);
  }

  noteRun(run: number, { counts, work }: Pick<Step, 'counts' | 'work'>) {
    return this.#note(() => noteRun(run, counts, work));
  }

  running() {
    return this.#transactions.read(() => runningRuns(this.#leases));
  }

  endRun(run: number, result: RunResult) {
    return this.#note(() => endRun(run, result));
  }

  runs(filter: RunFilter) {
    return this.#transactions.read(() => findRuns(filter));
  }

  histories(jobs: readonly string[]) {
    const { elementsOf } = this.#sql.pending;
    return this.#transactions.read(() => historiesOf(jobs, this.#now(), elementsOf));
  }

  startsAfter(time: number) {
    return this.#transactions.read(() => startsAfter(time));
  }

  standings() {
    return this.#transactions.read(() => standings(this.#pending, this.#leases));
  }

  deadLetters(filter: { readonly job?: string | undefined; readonly id?: number | undefined }) {
    return this.#transactions.read(() => findDeadLetters(filter));
  }

  countDeadLetters() {
    return this.#transactions.read(countDeadLetters);
  }

  overtakeDeadLetters(job: string, run: number, newer: readonly Delivered[]) {
    return this.#holding(job, () => overtakeDeadLetters(job, run, newer));
  }

  discardDeadLetters(ids: readonly number[]) {
    return this.#transactions.write(() => discardDeadLetters(ids));
  }

  beginPending(job: string, takenAt: number, made: SnapshotMade = {}) {
    return this.#holding(job, () => this.#pending.begin(job, takenAt, made));
  }

  addPending(snapshot: number, batch: Batch) {
    return this.#transactions.write(() => this.#addPending(snapshot, batch));
  }

  sealPending(job: string, run: number, snapshot: number, replace: boolean, step: Step) {
    return this.#holding(job, () => this.#sealPending(job, run, snapshot, replace, step));
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
    return this.#holding(job, () => this.#pendingAcknowledged(job, run, batch, step));
  }

  pendingRefused(job: string, run: number, batch: number, refused: RefusedPending, step: Step) {
    return this.#holding(job, () => this.#pendingRefused(job, run, batch, refused, step));
  }

  expirePending(job: string, takenBefore: number) {
    return this.#holding(job, () => this.#pending.expire(job, takenBefore));
  }

  /**
   * Copies all that is remembered into another state, in one transaction. Nobody may work with either meanwhile. Throws
   * a StateError when the other is not empty, unless what it holds is to be replaced.
   *
   * @param signal looked at between pages
   */
  async copyTo(other: StoredState, options: { readonly replace: boolean; readonly signal: AbortSignal }) {
    await using reading = await this.#transactions.begin('reading');
    await using writing = await other.#transactions.begin('writing');
    const [from, to] = [
      { ...this.#sql, transaction: reading },
      { ...other.#sql, transaction: writing },
    ];
    const copied = await copyState(from, to, options);
    options.signal.throwIfAborted();
    await writing.commit();
    return copied;
  }

  close() {
    this.#closed ??= this.#leases.releaseAll().then(this.#closeDatabase);
    return this.#closed;
  }

  #note(work: () => Work<unknown>): Promise<void> {
    return this.#transactions.note(function* () {
      yield* work();
    });
  }

  #holding<Result>(job: string, work: () => Work<Result>): Promise<Result> {
    return this.#transactions.write(() => this.#holdingJob(job, work));
  }

  *#holdingJob<Result>(job: string, work: () => Work<Result>): Work<Result> {
    yield* this.#leases.mustHold(job);
    return yield* work();
  }

  /** A snapshot that is gone needs no change. */
  #holdingJobOf(snapshot: number, work: () => Work<unknown>): Promise<void> {
    return this.#transactions.write(() => this.#changeIfThere(snapshot, work));
  }

  *#changeIfThere(snapshot: number, work: () => Work<unknown>): Work<void> {
    const found = yield* this.#pending.find(snapshot);
    if (found !== undefined) yield* this.#holdingJob(found.job, work);
  }

  *#beginRun(job: string, startedAt: number): Work<number> {
    // Whoever holds the lease runs the job alone: what has no end now was cut off.
    if (yield* this.#leases.holds(job)) {
      yield* endUnfinished(job, startedAt);
      yield* this.#pending.discardUnsealed(job);
    }
    return yield* beginRun(job, startedAt, this.#sql.numbers.ofNewRun);
  }

  *#addPending(snapshot: number, batch: Batch): Work<void> {
    yield* this.#leases.mustHold(yield* this.#jobStoring(snapshot));
    yield* this.#pending.add(snapshot, batch);
  }

  *#sealPending(job: string, run: number, snapshot: number, replace: boolean, step: Step): Work<void> {
    yield* this.#jobStoring(snapshot);
    yield* this.#pending.seal(job, run, snapshot, replace);
    if (replace) yield* removeOlderLetters(job, run);
    yield* this.#remember(job, run, step);
  }

  *#pendingAcknowledged(job: string, run: number, batch: number, step: Step): Work<void> {
    yield* this.#pending.acknowledged(job, batch);
    yield* this.#remember(job, run, step);
  }

  *#pendingRefused(job: string, run: number, batch: number, refused: RefusedPending, step: Step): Work<void> {
    yield* this.#pending.refused(job, batch, refused);
    yield* this.#remember(job, run, step);
  }

  *#remember(job: string, run: number, step: Step): Work<void> {
    yield* rememberStep(job, run, step, this.#now());
    yield* this.#pending.removeDelivered(job, step.delivered);
  }

  *#jobStoring(snapshot: number): Work<string> {
    const found = yield* this.#pending.find(snapshot);
    if (found !== undefined && !found.isSealed) return found.job;
    throw new StateError(
      'the pending records that this run stored are gone: another process has run the job in the meantime',
      'See that only one pp-db-collector works with this state at a time; the next run collects a snapshot again.',
    );
  }
}
