import type { SnapshotJob } from '../config/config.ts';
import { Batch } from '../model/batch.ts';
import type { PendingSnapshot } from '../model/pending.ts';
import type { Reading } from '../model/reading.ts';
import { Batches } from '../records/batches.ts';
import { Delivery, type Healed, type MarkedBatch, type Ways } from './delivery.ts';
import { failureOf, refusedIn, StuckSnapshotError } from './failures.ts';
import { snapshotQuery, snapshotRules } from './queries.ts';
import { readRecords } from './read-records.ts';
import type { RunContext } from './run-context.ts';
import type { RunSignals } from './run-signals.ts';
import { refitting } from './stored-rules.ts';
import { WithheldError } from './withheld-error.ts';

/**
 * Stores how things stand now, then delivers everything stored, oldest first. What is not stored at its time can never be
 * collected later; so a write API that is down does not keep it from being stored, nor a database that is down from
 * being delivered.
 */
export async function collectSnapshot(context: RunContext<SnapshotJob>, signals: RunSignals): Promise<void> {
  const { job, run, state } = context;
  run.tell({ kind: 'run-started', windows: undefined });
  const expired = await state.expirePending(job.name, context.agedUntil - job.snapshot.keep_pending);
  if (expired > 0) run.tell({ kind: 'pending-expired', records: expired });
  const taking = context.onlyPending ? undefined : takeSnapshot(context, signals.read);
  const [taken] = await Promise.allSettled([taking]);
  const stuck: StuckSnapshotError[] = [];
  for (const snapshot of await state.pendingOf(job.name)) {
    const error = await deliverOrWithhold(snapshot, context, signals);
    if (error !== undefined) stuck.push(error);
  }
  if (taken.status === 'rejected') throw taken.reason;
  if (stuck[0] !== undefined) throw stuck[0];
}

/** Reads all rows and stores their records as pending: only when all are there will any be sent. */
async function takeSnapshot(context: RunContext<SnapshotJob>, signal: AbortSignal): Promise<void> {
  const { job, run, route, state, fingerprint } = context;
  const batches = new Batches(route.limits);
  const rules = snapshotRules(job, context.tick ?? run.startedAt, route.clock);
  const stamp = isInEveryId(job) ? rules.snapshotTimestamp : undefined;
  const snapshot = await state.beginPending(job.name, run.startedAt, { stamp, rules: run.rules });
  const plan = {
    query: snapshotQuery(job),
    rules,
    minRows: job.expect.min_rows,
    window: { from: run.startedAt, to: run.startedAt },
  };
  const store = async ({ batch }: MarkedBatch) => {
    await state.addPending(snapshot, batch);
    batches.recycle(batch);
  };
  try {
    const { isReady } = await readRecords(plan, context, batches, store, signal);
    run.isReady = isReady;
    if (!isReady) return await state.discardPending(snapshot);
    run.refuseNothingButDeadLetters();
  } catch (error) {
    await state.discardPending(snapshot).catch(() => undefined);
    throw error;
  }
  const step = run.step({ progress: { fingerprint } });
  await state.sealPending(job.name, run.number, snapshot, job.data_set.replace, step);
}

/** Whether the period of a snapshot tells its records from those of others. */
function isInEveryId({ record: { timestamp, id } }: SnapshotJob): boolean {
  return timestamp === undefined && (Array.isArray(id) ? id : id.fields).includes('_timestamp');
}

interface PendingSent extends MarkedBatch {
  readonly id: number;
}

/** Made by other rules than those in force, a snapshot is not sent at all. */
async function deliverOrWithhold(
  snapshot: PendingSnapshot,
  context: RunContext<SnapshotJob>,
  signals: RunSignals,
): Promise<StuckSnapshotError | undefined> {
  const { job, run, state } = context;
  const first = await state.nextPending(snapshot.id, undefined);
  try {
    const refit = refitting(snapshot.rules, job, context.route.clock.zone);
    if (first !== undefined) refitted(first.batch, refit);
    return await deliver(snapshot, context, signals, refit);
  } catch (error) {
    if (!(error instanceof WithheldError)) throw error;
    const told = { keys: [], reason: error.message };
    if (first !== undefined) await state.pendingRefused(job.name, run.number, first.id, told, run.step({}));
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
async function deliver(
  snapshot: PendingSnapshot,
  context: RunContext<SnapshotJob>,
  signals: RunSignals,
  refit: Refit,
): Promise<StuckSnapshotError | undefined> {
  const { job, run, route, state, fingerprint } = context;
  // A run that is to stop must not leave an emptied data set behind.
  signals.read.throwIfAborted();
  if (snapshot.mustEmpty) {
    run.requestsMade(await route.target.empty(signals.deliver, signals.read));
    await state.pendingEmptied(snapshot.id);
  }
  let refusal: StuckSnapshotError | undefined;
  const ways = waysOf(context, (error) => {
    refusal ??= new StuckSnapshotError(job.name, snapshot, error);
  });
  const delivery = new Delivery<PendingSent>(ways, signals);
  try {
    await sendAll(snapshot, delivery, context, signals.read, refit);
    await delivery.finish();
  } finally {
    if (signals.read.aborted) await delivery.finish().catch(() => undefined);
    await delivery.abandon();
  }
  if (refusal !== undefined) return refusal;
  const progress = { collectedTo: snapshot.takenAt, fingerprint };
  await state.acknowledged(job.name, run.number, run.step({ progress }));
  run.tell({ kind: 'snapshot-acknowledged', takenAt: snapshot.takenAt, counts: run.counts });
  return undefined;
}

async function sendAll(
  { id, run }: PendingSnapshot,
  delivery: Delivery<PendingSent>,
  context: RunContext,
  signal: AbortSignal,
  refit: Refit,
): Promise<void> {
  const { state } = context;
  const reading = { run, row: 0 };
  let next = await state.nextPending(id, undefined);
  while (next !== undefined) {
    signal.throwIfAborted();
    const healed = healedBy(next.batch, reading, context);
    const batch = refitted(next.batch, refit);
    await delivery.send({ id: next.id, batch, cursor: undefined, reading, healed });
    next = await state.nextPending(id, next.id);
  }
}

/** @param refused told what the write API says of a batch that it refuses: the other batches go on */
function waysOf(
  { job: { name }, run, route, state }: RunContext,
  refused: (error: unknown) => void,
): Ways<PendingSent> {
  return {
    target: route.target,
    limit: route.limits.requests_in_flight,
    overtaking: (newer) => state.overtakeDeadLetters(name, run.number, newer),
    async acknowledged(sent, answer) {
      run.acknowledged(sent, answer, undefined);
      await state.pendingAcknowledged(name, run.number, sent.id, run.step({}));
    },
    async failed(sent, error) {
      const known = refusedIn(error)?.slice(0, run.room);
      if (known === undefined) return false;
      refused(error);
      run.buryRefused(sent, known, undefined);
      const told = { keys: known.map(({ id }) => id), reason: failureOf(error).message };
      await state.pendingRefused(name, run.number, sent.id, told, run.step({}));
      return true;
    },
  };
}

/** Records of a batch that have dead letters. */
function healedBy(batch: Batch, reading: Reading, { run: { letters } }: RunContext): readonly Healed[] {
  if (letters.isEmpty) return [];
  return batch.records().flatMap(({ id }) => [...letters.keysOf(id)].map((key) => ({ id, key, reading })));
}
