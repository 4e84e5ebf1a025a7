import { SMALL_STEP } from '../calendar/durations.ts';
import { Batch } from '../model/batch.ts';
import type { Delivered } from '../model/dead-letter.ts';
import type { PendingBatch, PendingSnapshot, RefusedPending, SnapshotMade } from '../model/pending.ts';
import { PendingVersions } from './pending-versions.ts';
import type { Statements } from './sqlite/statements.ts';

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

/** The statements about pending records; whoever calls them begins and ends the transaction. */
export class SqlitePending {
  readonly #statements: Statements;
  readonly #versions: PendingVersions;

  constructor(statements: Statements) {
    this.#statements = statements;
    this.#versions = new PendingVersions(statements);
  }

  begin(job: string, takenAt: number, { stamp, rules }: SnapshotMade): number {
    this.#run('DELETE FROM pending_snapshots WHERE job = ? AND sealed = 0', job);
    // A time that is still to come is that of a wrong clock: such a snapshot must not pass for a newer one.
    const correct =
      'UPDATE pending_snapshots SET taken_at = @takenAt WHERE job = @job AND taken_at > @latest';
    this.#run(correct, { job, takenAt, latest: takenAt + SMALL_STEP });
    const insert = 'INSERT INTO pending_snapshots (job, taken_at, stamp, rules) VALUES (?, ?, ?, ?)';
    return this.#run(insert, job, takenAt, stamp ?? null, rules ?? null).id;
  }

  /** The job of a snapshot; undefined when it is gone. */
  jobOf(snapshot: number): string | undefined {
    return this.#value('SELECT job FROM pending_snapshots WHERE id = ?', snapshot);
  }

  isSealed(snapshot: number): boolean {
    return this.#value('SELECT sealed FROM pending_snapshots WHERE id = ?', snapshot) === 1;
  }

  add(snapshot: number, { bytes, ends, count }: Batch): void {
    this.#run(
      'INSERT INTO pending_batches (snapshot, records, ends, bytes) VALUES (?, ?, ?, ?)',
      ...[snapshot, count, JSON.stringify(ends), bytes],
    );
  }

  seal(job: string, run: number, snapshot: number, replace: boolean): void {
    if (replace) this.#run('DELETE FROM pending_snapshots WHERE job = ? AND id <> ?', job, snapshot);
    else this.#forgetEmpty(this.#versions.olderThan(job, snapshot));
    const update = 'UPDATE pending_snapshots SET sealed = 1, run = ?, must_empty = ? WHERE id = ?';
    this.#run(update, run, replace ? 1 : 0, snapshot);
    this.#removeIfDelivered(snapshot);
  }

  /** How many records each job has; jobs without any are left out. */
  count(): ReadonlyMap<string, number> {
    const rows = this.#statements
      .prepare(
        `SELECT job, sum(records) FROM pending_snapshots s JOIN pending_batches b ON b.snapshot = s.id
           WHERE sealed = 1 GROUP BY job`,
      )
      .raw()
      .all();
    return new Map(rows as [string, number][]);
  }

  discard(snapshot: number): void {
    this.#run('DELETE FROM pending_snapshots WHERE id = ?', snapshot);
  }

  sealedOf(job: string): readonly PendingSnapshot[] {
    const rows = this.#statements
      .prepare(
        `SELECT id, run, taken_at, must_empty, failure, rules,
           (SELECT coalesce(sum(records), 0) FROM pending_batches WHERE snapshot = pending_snapshots.id) AS records
         FROM pending_snapshots WHERE job = ? AND sealed = 1 ORDER BY taken_at, id`,
      )
      .all(job) as SnapshotRow[];
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

  nextBatch(snapshot: number, after: number | undefined): PendingBatch | undefined {
    const row = this.#statements
      .prepare(
        'SELECT id, ends, bytes FROM pending_batches WHERE snapshot = ? AND id > ? ORDER BY id LIMIT 1',
      )
      .get(snapshot, after ?? 0) as BatchRow | undefined;
    return row && { id: row.id, batch: new Batch(row.bytes, JSON.parse(row.ends)) };
  }

  emptied(snapshot: number): void {
    this.#run('UPDATE pending_snapshots SET must_empty = 0 WHERE id = ?', snapshot);
    this.#removeIfDelivered(snapshot);
  }

  acknowledged(job: string, batch: number): void {
    const snapshot = this.#snapshotOf(job, batch);
    if (snapshot === undefined) return;
    this.#run('DELETE FROM pending_batches WHERE id = ?', batch);
    this.#removeIfDelivered(snapshot);
  }

  refused(job: string, batch: number, { keys, reason }: RefusedPending): void {
    const snapshot = this.#snapshotOf(job, batch);
    if (snapshot === undefined) return;
    this.#run('UPDATE pending_snapshots SET failure = ? WHERE id = ?', reason, snapshot);
    this.#forgetEmpty(this.#versions.inBatch(batch, keys));
  }

  #snapshotOf(job: string, batch: number): number | undefined {
    return this.#value<number>(
      `SELECT snapshot FROM pending_batches JOIN pending_snapshots ON pending_snapshots.id = snapshot
       WHERE pending_batches.id = ? AND job = ?`,
      ...[batch, job],
    );
  }

  /** Removes the records that were read before what has been delivered of the same keys. */
  removeDelivered(job: string, delivered: readonly Delivered[]): void {
    if (delivered.length === 0 || this.sealedOf(job).length === 0) return;
    const byRun = Map.groupBy(delivered, ({ reading }) => reading.run);
    for (const [run, each] of byRun) {
      this.#forgetEmpty(
        this.#versions.readBefore(
          job,
          run,
          each.map(({ key }) => key),
        ),
      );
    }
  }

  #forgetEmpty(snapshots: readonly number[]): void {
    for (const snapshot of snapshots) this.#removeIfDelivered(snapshot);
  }

  expire(job: string, takenBefore: number): number {
    const expired = this.sealedOf(job).filter(({ takenAt }) => takenAt < takenBefore);
    for (const { id } of expired) this.discard(id);
    return expired.reduce((sum, { records }) => sum + records, 0);
  }

  #removeIfDelivered(snapshot: number): void {
    this.#run(
      `DELETE FROM pending_snapshots WHERE id = @snapshot AND must_empty = 0
         AND NOT EXISTS (SELECT 1 FROM pending_batches WHERE snapshot = @snapshot)`,
      { snapshot },
    );
  }

  #run(statement: string, ...values: readonly unknown[]): { readonly id: number } {
    return { id: Number(this.#statements.prepare(statement).run(...values).lastInsertRowid) };
  }

  #value<Value>(query: string, ...values: readonly unknown[]): Value | undefined {
    return this.#statements
      .prepare(query)
      .pluck()
      .get(...values) as Value | undefined;
  }
}
