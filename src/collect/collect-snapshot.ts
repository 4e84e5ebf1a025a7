import type { SnapshotJob } from '../config/config.ts';
import { Batches } from '../records/batches.ts';
import { Delivery, type Healed, type MarkedBatch } from './delivery.ts';
import type { Batch, Reading } from './interfaces.ts';
import { snapshotQuery, snapshotRules } from './queries.ts';
import { readRecords } from './read-records.ts';
import type { RunContext, RunSignals } from './run-context.ts';
import type { PendingSnapshot } from './state-interface.ts';

/**
 * Stores how things stand now, then delivers everything stored, oldest first. What is not stored at its time can never be
 * collected later; so a write API that is down does not keep it from being stored, nor a database that is down from
 * being delivered.
 */
export async function collectSnapshot(context: RunContext<SnapshotJob>, signals: RunSignals): Promise<void> {
  const { job, run, state, observer } = context;
  observer.runStarted(job.name, run.number, undefined);
  const expired = await state.expirePending(job.name, context.agedUntil - job.snapshot.keep_pending);
  if (expired > 0) observer.pendingExpired(job.name, run.number, expired);
  const taking = context.onlyPending ? undefined : takeSnapshot(context, signals.read);
  const [taken] = await Promise.allSettled([taking]);
  for (const snapshot of await state.pendingOf(job.name)) await deliver(snapshot, context, signals);
  if (taken.status === 'rejected') throw taken.reason;
}

/** Reads all rows and stores their records as pending: only when all are there will any be sent. */
async function takeSnapshot(context: RunContext<SnapshotJob>, signal: AbortSignal): Promise<void> {
  const { job, run, route, state, fingerprint } = context;
  const batches = new Batches(route.limits);
  const rules = snapshotRules(job, context.tick ?? run.startedAt, route.clock);
  const stamp = isInEveryId(job) ? rules.snapshotTimestamp : undefined;
  const snapshot = await state.beginPending(job.name, run.startedAt, { stamp });
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

async function deliver(snapshot: PendingSnapshot, context: RunContext, signals: RunSignals): Promise<void> {
  const { job, run, route, state, observer, fingerprint } = context;
  const reading = { run: snapshot.run, row: 0 };
  // A run that is to stop must not leave an emptied data set behind.
  signals.read.throwIfAborted();
  if (snapshot.mustEmpty) {
    run.requestsMade(await route.target.empty(signals.deliver, signals.read));
    await state.pendingEmptied(snapshot.id);
  }
  const delivery = new Delivery<PendingSent>(
    {
      target: route.target,
      limit: route.limits.requests_in_flight,
      overtaking: (newer) => state.overtakeDeadLetters(job.name, run.number, newer),
      async acknowledged(sent, answer) {
        run.acknowledged(sent, answer, undefined);
        await state.pendingAcknowledged(job.name, run.number, sent.id, run.step({}));
      },
    },
    signals,
  );
  try {
    for (
      let next = await state.nextPending(snapshot.id, undefined);
      next !== undefined;
      next = await state.nextPending(snapshot.id, next.id)
    ) {
      signals.read.throwIfAborted();
      const healed = healedBy(next.batch, reading, context);
      await delivery.send({ ...next, cursor: undefined, reading, healed });
    }
    await delivery.finish();
  } finally {
    if (signals.read.aborted) await delivery.finish().catch(() => undefined);
    await delivery.abandon();
  }
  const progress = { collectedTo: snapshot.takenAt, fingerprint };
  await state.acknowledged(job.name, run.number, run.step({ progress }));
  observer.snapshotAcknowledged(job.name, run.number, snapshot.takenAt, run.counts);
}

/** Records of a batch that have dead letters. */
function healedBy({ bytes }: Batch, reading: Reading, { run: { letters } }: RunContext): readonly Healed[] {
  if (letters.isEmpty) return [];
  const records: readonly { readonly _id: string }[] = JSON.parse(bytes.toString('utf8'));
  return records.flatMap(({ _id: id }) => [...letters.keysOf(id)].map((key) => ({ id, key, reading })));
}
