import { SMALL_STEP } from '../calendar/durations.ts';
import { Batch } from '../model/batch.ts';
import type { Delivered } from '../model/dead-letter.ts';
import type { PendingBatch, PendingSnapshot, RefusedPending, SnapshotMade } from '../model/pending.ts';
import type { PendingSql } from './pending-sql.ts';
import { PendingVersions } from './pending-versions.ts';
import { change, rowOf, rowsOf, type Work } from './work.ts';

interface SnapshotRow {
  readonly id: number;
  readonly run: number;
  readonly taken_at: number;
  readonly must_empty: number;
  readonly records: number;
  readonly failure: string | null;
  readonly rules: string | null;
}

interface BatchRow {
  readonly id: number;
  readonly ends: string;
  readonly bytes: Buffer;
}

/** Snapshots that are not delivered yet, and their records. */
export class Pending {
  readonly #sql: PendingSql;
  readonly #versions: PendingVersions;

  constructor(sql: PendingSql) {
    this.#sql = sql;
    this.#versions = new PendingVersions(sql);
  }

  *begin(job: string, takenAt: number, { stamp, rules }: SnapshotMade): Work<number> {
    yield* this.discardUnsealed(job);
    // A time that is still to come is that of a wrong clock: such a snapshot must not pass for a newer one.
    yield* change(
      'UPDATE pending_snapshots SET taken_at = @takenAt WHERE job = @job AND taken_at > @latest',
      { job, takenAt, latest: takenAt + SMALL_STEP },
    );
    const row = yield* rowOf<{ readonly id: number }>(
      `INSERT INTO pending_snapshots (job, taken_at, stamp, rules) VALUES (@job, @takenAt, @stamp, @rules)
       RETURNING id`,
      { job, takenAt, stamp: stamp ?? null, rules: rules ?? null },
    );
    return row?.id ?? 0;
  }

  /** What a run was about to store when it was cut off. */
  *discardUnsealed(job: string): Work<void> {
    yield* change('DELETE FROM pending_snapshots WHERE job = @job AND sealed = 0', { job });
  }

  /** The job of a snapshot, and whether it is sealed; undefined when it is gone. */
  *find(snapshot: number): Work<{ readonly job: string; readonly isSealed: boolean } | undefined> {
    const row = yield* rowOf<{ readonly job: string; readonly sealed: number }>(
      'SELECT job, sealed FROM pending_snapshots WHERE id = @snapshot',
      { snapshot },
    );
    return row && { job: row.job, isSealed: row.sealed === 1 };
  }

  *add(snapshot: number, batch: Batch): Work<void> {
    const columns = this.#sql.columnsOf(batch);
    const names = Object.keys(columns);
    yield* change(
      `INSERT INTO pending_batches (snapshot, ${names.join(', ')})
       VALUES (@snapshot, ${names.map((name) => `@${name}`).join(', ')})`,
      { ...columns, snapshot },
    );
  }

  *seal(job: string, run: number, snapshot: number, replace: boolean): Work<void> {
    if (replace) {
      yield* change('DELETE FROM pending_snapshots WHERE job = @job AND id <> @snapshot', { job, snapshot });
    } else yield* this.#forgetEmpty(yield* this.#versions.olderThan(job, snapshot));
    yield* change(
      'UPDATE pending_snapshots SET sealed = 1, run = @run, must_empty = @mustEmpty WHERE id = @snapshot',
      { run, snapshot, mustEmpty: replace ? 1 : 0 },
    );
    yield* removeIfDelivered(snapshot);
  }

  /** How many records each job has; jobs without any are left out. */
  *count(): Work<ReadonlyMap<string, number>> {
    const rows = yield* rowsOf<{ readonly job: string; readonly records: number }>(
      `SELECT job, sum(records) AS records FROM pending_snapshots
         JOIN pending_batches ON snapshot = pending_snapshots.id WHERE sealed = 1 GROUP BY job`,
    );
    return new Map(rows.map(({ job, records }) => [job, records]));
  }

  discard(snapshot: number): Work<number> {
    return change('DELETE FROM pending_snapshots WHERE id = @snapshot', { snapshot });
  }

  *sealedOf(job: string): Work<readonly PendingSnapshot[]> {
    const rows = yield* rowsOf<SnapshotRow>(
      `SELECT id, run, taken_at, must_empty, failure, rules,
         (SELECT coalesce(sum(records), 0) FROM pending_batches WHERE snapshot = pending_snapshots.id) AS records
       FROM pending_snapshots WHERE job = @job AND sealed = 1 ORDER BY taken_at, id`,
      { job },
    );
    return rows.map(({ id, run, taken_at, must_empty, records, failure, rules }) => ({
      id,
      run,
      takenAt: taken_at,
      mustEmpty: must_empty === 1,
      records,
      failure: failure ?? undefined,
      rules: rules ?? undefined,
    }));
  }

  *nextBatch(snapshot: number, after = 0): Work<PendingBatch | undefined> {
    const row = yield* rowOf<BatchRow>(
      `SELECT id, ends, bytes FROM pending_batches WHERE snapshot = @snapshot AND id > @after
       ORDER BY id LIMIT 1`,
      { snapshot, after },
    );
    return row && { id: row.id, batch: new Batch(row.bytes, JSON.parse(row.ends)) };
  }

  *emptied(snapshot: number): Work<void> {
    yield* change('UPDATE pending_snapshots SET must_empty = 0 WHERE id = @snapshot', { snapshot });
    yield* removeIfDelivered(snapshot);
  }

  *acknowledged(job: string, batch: number): Work<void> {
    const snapshot = yield* snapshotOf(job, batch);
    if (snapshot === undefined) return;
    yield* change('DELETE FROM pending_batches WHERE id = @batch', { batch });
    yield* removeIfDelivered(snapshot);
  }

  *refused(job: string, batch: number, { keys, reason }: RefusedPending): Work<void> {
    const snapshot = yield* snapshotOf(job, batch);
    if (snapshot === undefined) return;
    yield* change('UPDATE pending_snapshots SET failure = @reason WHERE id = @snapshot', {
      reason,
      snapshot,
    });
    yield* this.#forgetEmpty(yield* this.#versions.inBatch(batch, keys));
  }

  /** Removes the records that were read before what has been delivered of the same keys. */
  *removeDelivered(job: string, delivered: readonly Delivered[]): Work<void> {
    if (delivered.length === 0 || (yield* this.sealedOf(job)).length === 0) return;
    const byRun = Map.groupBy(delivered, ({ reading }) => reading.run);
    for (const [run, each] of byRun) {
      const keys = each.map(({ key }) => key);
      yield* this.#forgetEmpty(yield* this.#versions.readBefore(job, run, keys));
    }
  }

  *expire(job: string, takenBefore: number): Work<number> {
    const expired = (yield* this.sealedOf(job)).filter(({ takenAt }) => takenAt < takenBefore);
    for (const { id } of expired) yield* this.discard(id);
    return expired.reduce((sum, { records }) => sum + records, 0);
  }

  *#forgetEmpty(snapshots: readonly number[]): Work<void> {
    for (const snapshot of snapshots) yield* removeIfDelivered(snapshot);
  }
}

function* snapshotOf(job: string, batch: number): Work<number | undefined> {
  const row = yield* rowOf<{ readonly snapshot: number }>(
    `SELECT snapshot FROM pending_batches JOIN pending_snapshots ON pending_snapshots.id = snapshot
     WHERE pending_batches.id = @batch AND job = @job`,
    { batch, job },
  );
  return row?.snapshot;
}

const removeIfDelivered = (snapshot: number): Work<number> =>
  change(
    `DELETE FROM pending_snapshots WHERE id = @snapshot AND must_empty = 0
       AND NOT EXISTS (SELECT 1 FROM pending_batches WHERE snapshot = @snapshot)`,
    { snapshot },
  );
