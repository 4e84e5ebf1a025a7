import { Batch } from '../model/batch.ts';
import type { Statements } from './sqlite/statements.ts';

interface Outdated {
  readonly snapshot: number;
  readonly batch: number;
  /** Places in the batch, as a JSON array. */
  readonly places: string;
}

interface BatchRow {
  readonly ends: string;
  readonly bytes: Buffer;
}

const RECORDS = 'json_each(CAST(bytes AS text))';
const ID = "json_each.value ->> '_id'";

/**
 * Records of which a newer version is pending or delivered, and which must not replace it: they are taken out of the
 * batches that they are stored in. Whoever calls this begins and ends the transaction.
 */
export class PendingVersions {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Removes the records that a snapshot has newer versions of; gives the snapshots that had some. */
  olderThan(job: string, snapshot: number): readonly number[] {
    const [isOlder, values] = [
      `job = @job AND sealed = 1 AND pending_snapshots.id <> @snapshot
         AND coalesce(stamp <> (SELECT stamp FROM pending_snapshots WHERE id = @snapshot), 0) = 0`,
      { job, snapshot },
    ];
    const { any } = this.#statements
      .prepare(`SELECT EXISTS (SELECT 1 FROM pending_snapshots WHERE ${isOlder}) AS any`)
      .get(values) as { any: number };
    if (any === 0) return [];
    const newer = `SELECT ${ID} FROM pending_batches, ${RECORDS} WHERE snapshot = @snapshot`;
    return this.#remove(isOlder, newer, values);
  }

  /** Removes the records with some keys that were read before a run; gives the snapshots that had some. */
  readBefore(job: string, run: number, keys: readonly string[]): readonly number[] {
    const isOlder = 'job = @job AND sealed = 1 AND run < @run';
    return this.#remove(isOlder, 'SELECT value FROM json_each(@keys)', {
      job,
      run,
      keys: JSON.stringify(keys),
    });
  }

  /** Removes the records with some keys from one batch; gives its snapshot if it had some. */
  inBatch(batch: number, keys: readonly string[]): readonly number[] {
    const values = { batch, keys: JSON.stringify(keys) };
    return this.#remove('pending_batches.id = @batch', 'SELECT value FROM json_each(@keys)', values);
  }

  #remove(isMeant: string, newer: string, values: object): readonly number[] {
    const outdated = this.#statements
      .prepare(
        `SELECT snapshot, pending_batches.id AS batch, json_group_array(json_each.key) AS places
         FROM pending_snapshots JOIN pending_batches ON snapshot = pending_snapshots.id, ${RECORDS}
         WHERE ${isMeant} AND ${ID} IN (${newer}) GROUP BY pending_batches.id`,
      )
      .all(values) as Outdated[];
    for (const { batch, places } of outdated) this.#without(batch, new Set(JSON.parse(places) as number[]));
    return [...new Set(outdated.map(({ snapshot }) => snapshot))];
  }

  #without(batch: number, places: ReadonlySet<number>): void {
    const row = this.#statements.prepare('SELECT ends, bytes FROM pending_batches WHERE id = ?').get(batch);
    const { bytes, ends } = row as BatchRow;
    const remaining = new Batch(bytes, JSON.parse(ends)).without(places);
    if (remaining === undefined) {
      this.#statements.prepare('DELETE FROM pending_batches WHERE id = ?').run(batch);
      return;
    }
    this.#statements
      .prepare('UPDATE pending_batches SET records = ?, ends = ?, bytes = ? WHERE id = ?')
      .run(remaining.count, JSON.stringify(remaining.ends), remaining.bytes, batch);
  }
}
