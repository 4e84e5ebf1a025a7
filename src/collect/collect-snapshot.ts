import type { Complete, SnapshotJob } from '../config/config.ts';
import { Batch } from '../model/batch.ts';
import type { PendingSnapshot } from '../model/pending.ts';
import { Batches } from '../records/batches.ts';
import { arrivedWith, nothingAt, tallyRules } from './arrived.ts';
import { deliver } from './deliver.ts';
import type { Hearing } from './delivery.ts';
import { expectedRows } from './expected-rows.ts';
import { failureOf, refusedIn, StuckSnapshotError, WithheldError } from './failures.ts';
import { takenBack } from './future-position.ts';
import type { MarkedBatch } from './marked-batch.ts';
import { snapshotQuery, snapshotRules } from './queries.ts';
import { readRecords } from './read-records.ts';
import { noteSoFar, type RunContext } from './run-context.ts';
import { refitting } from './stored-rules.ts';

/** What a run of a snapshot job is for. Times are epoch milliseconds. */
export interface SnapshotRun {
  /** Of the schedule; undefined when the run stands for no tick. */
  readonly tick: number | undefined;
  /** Whether what is pending is delivered and no new snapshot taken. */
  readonly onlyPending: boolean;
  /** What is kept for a time has been kept until then at least, whatever was done to the clock. */
  readonly agedUntil: number;
}

/**
 * Stores how things stand now, then delivers everything stored, oldest first. What is not stored at its time
 * can never be collected later; so a write API that is down does not keep it from being stored, nor a
 * database that is down from being delivered.
 */
export async function collectSnapshot(
  context: RunContext<SnapshotJob>,
  { tick, onlyPending, agedUntil }: SnapshotRun,
): Promise<void> {
  const { job, run, state } = context;
  await takenBack(context, -Infinity);
  run.tell({ kind: 'run-started', windows: undefined });
  const expired = await state.expirePending(job.name, agedUntil - job.snapshot.keep_pending);
  if (expired > 0) run.tell({ kind: 'pending-expired', records: expired });
  const taking = onlyPending ? undefined : takeSnapshot(context, tick ?? run.startedAt);
  const [taken] = await Promise.allSettled([taking]);
  const stuck: StuckSnapshotError[] = [];
  const pending = await state.pendingOf(job.name);
  const waiting = pending.reduce((sum, { records }) => sum + records, 0);
  run.owes('record', waiting);
  for (const snapshot of pending) {
    const error = await deliverOrWithhold(snapshot, context);
    if (error !== undefined) stuck.push(error);
  }
  if (taken.status === 'rejected') throw taken.reason;
  if (stuck[0] !== undefined) throw stuck[0];
}

/** Reads all rows and stores their records as pending: only when all are there will any be sent. */
async function takeSnapshot(context: RunContext<SnapshotJob>, takenAt: number): Promise<void> {
  const { job, run, route, state, fingerprint } = context;
  const batches = new Batches(route.limits);
  const rules = snapshotRules(job, takenAt, route.localTime);
  const stamp = isInEveryId(job) ? rules.snapshotTimestamp : undefined;
  const snapshot = await state.beginPending(job.name, run.startedAt, { stamp, rules: run.rules });
  const plan = {
    query: snapshotQuery(job),
    rules,
    expected: expectedRows(job),
    window: { from: run.startedAt, to: run.startedAt },
  };
  let isEmpty = true;
  const store = async ({ batch }: MarkedBatch) => {
    isEmpty = false;
    await state.addPending(snapshot, batch);
    batches.recycle(batch);
    await noteSoFar(context);
  };
  try {
    const { isReady } = await readRecords(plan, context, batches, store);
    run.isReady = isReady;
    if (!isReady) return await state.discardPending(snapshot);
    run.refuseNothingButDeadLetters();
  } catch (error) {
    await state.discardPending(snapshot).catch(() => undefined);
    throw error;
  }
  // With records, what has arrived is known when they are acknowledged.
  const figures = isEmpty ? nothingAt(job, takenAt, snapshot) : undefined;
  const step = run.step({ progress: { fingerprint }, figures });
  await state.sealPending(job.name, run.number, snapshot, job.data_set.replace, step);
}

/** Whether the period of a snapshot tells its records from those of others. */
function isInEveryId({ record: { timestamp, id } }: Complete<SnapshotJob>): boolean {
  return timestamp === undefined && (Array.isArray(id) ? id : id.fields).includes('_timestamp');
}

interface PendingSent extends MarkedBatch {
  readonly id: number;
}

/** Made by other rules than those in force, a snapshot is not sent at all. */
async function deliverOrWithhold(
  snapshot: PendingSnapshot,
  context: RunContext<SnapshotJob>,
): Promise<StuckSnapshotError | undefined> {
  const { job, run, state } = context;
  const first = await state.nextPending(snapshot.id, undefined);
  try {
    const refit = refitting(snapshot.rules, job, context.route.localTime.zone);
    if (first !== undefined) refitted(first.batch, refit);
    return await deliverSnapshot(snapshot, context, refit);
  } catch (error) {
    if (!(error instanceof WithheldError)) throw error;
    const refused = { keys: [], reason: error.message };
    if (first !== undefined)
      await state.pendingRefused(job.name, run.number, first.id, refused, run.step({}));
    return new StuckSnapshotError(job.name, snapshot, error);
  }
}

type Refit = ReturnType<typeof refitting>;

/** A stored batch as it may be sent now. */
function refitted(batch: Batch, refit: Refit): Batch {
  if (refit === undefined) return batch;
  return Batch.of(batch.texts().map(refit));
}

/** Delivers a snapshot, or as much of it as is not refused; gives why the rest waits. */
async function deliverSnapshot(
  snapshot: PendingSnapshot,
  context: RunContext<SnapshotJob>,
  refit: Refit,
): Promise<StuckSnapshotError | undefined> {
  const { job, run, route, state, signals, fingerprint } = context;
  // A run that is to stop must not leave an emptied data set behind.
  signals.read.throwIfAborted();
  if (snapshot.mustEmpty) {
    const { address } = route.target;
    // Other jobs may have sent to it, or do so now.
    await state.dataSetChanging(address);
    run.requestsMade(await route.target.empty(signals.deliver, signals.read));
    await state.dataSetChanged(address);
    await state.pendingEmptied(snapshot.id);
  }
  let refusal: StuckSnapshotError | undefined;
  const hearing = hearingOf(snapshot.id, context, (error) => {
    refusal ??= new StuckSnapshotError(job.name, snapshot, error);
  });
  await deliver(context, hearing, (send) => sendAll(snapshot, send, context, refit));
  if (refusal !== undefined) return refusal;
  const progress = { collectedTo: snapshot.takenAt, fingerprint };
  await state.acknowledged(job.name, run.number, run.step({ progress }));
  run.tell({ kind: 'snapshot-acknowledged', takenAt: snapshot.takenAt, counts: run.counts });
  return undefined;
}

async function sendAll(
  { id, run }: PendingSnapshot,
  send: (batch: PendingSent) => Promise<void>,
  context: RunContext,
  refit: Refit,
): Promise<void> {
  const { state, signals } = context;
  const { letters } = context.run;
  const reading = { run, row: 0 };
  let next = await state.nextPending(id, undefined);
  while (next !== undefined) {
    signals.read.throwIfAborted();
    const records = letters.isEmpty ? [] : next.batch.records();
    const healed = records.flatMap((record) => letters.healedBy(record.id, reading));
    const batch = refitted(next.batch, refit);
    await send({ id: next.id, batch, cursor: undefined, reading, healed });
    next = await state.nextPending(id, next.id);
  }
}

/** @param refused told what the write API says of a batch that it refuses: the other batches go on */
function hearingOf(
  snapshot: number,
  { job, run, state }: RunContext,
  refused: (error: unknown) => void,
): Hearing<PendingSent> {
  const { name } = job;
  const rules = tallyRules(job);
  return {
    async acknowledged(sent, answer) {
      run.acknowledged(sent, answer, undefined);
      const periods = arrivedWith(sent, answer.refused, rules);
      const figures = { length: rules.period, periods, snapshot };
      await state.pendingAcknowledged(name, run.number, sent.id, run.step({ figures }));
    },
    async failed(sent, error) {
      const known = refusedIn(error)?.slice(0, run.room);
      if (known === undefined) return false;
      refused(error);
      run.buryRefused(sent, known, undefined);
      const refusal = { keys: known.map(({ id }) => id), reason: failureOf(error).message };
      await state.pendingRefused(name, run.number, sent.id, refusal, run.step({}));
      return true;
    },
  };
}
