import { Batch } from '../model/batch.ts';
import type { PendingSql } from './pending-sql.ts';
import { change, rowOf, rowsOf, type Values, type Work } from './work.ts';

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

/**
 * Records of which a newer version is pending or delivered, and which must not replace it: they are taken out of the
 * batches that they are stored in.
 */
export class PendingVersions {
  readonly #sql: PendingSql;

  constructor(sql: PendingSql) {
    this.#sql = sql;
  }

  /** Removes the records that a snapshot has newer versions of; gives the snapshots that had some. */
  *olderThan(job: string, snapshot: number): Work<readonly number[]> {
    const { records, id } = this.#sql;
    const [isOlder, values] = [
      `job = @job AND sealed = 1 AND pending_snapshots.id <> @snapshot
         AND (stamp <> (SELECT stamp FROM pending_snapshots WHERE id = @snapshot)) IS NOT TRUE`,
      { job, snapshot },
    ];
    const any = yield* rowOf(`SELECT id FROM pending_snapshots WHERE ${isOlder} LIMIT 1`, values);
    if (any === undefined) return [];
    const newer = `SELECT ${id} FROM pending_batches, ${records} WHERE snapshot = @snapshot`;
    return yield* this.#remove(isOlder, newer, values);
  }

  /** Removes the records with some keys that were read before a run; gives the snapshots that had some. */
  readBefore(job: string, run: number, keys: readonly string[]): Work<readonly number[]> {
    const isOlder = 'job = @job AND sealed = 1 AND run < @run';
    return this.#remove(isOlder, this.#sql.elementsOf('@keys'), { job, run, keys });
  }

  /** Removes the records with some keys from one batch; gives its snapshot if it had some. */
  inBatch(batch: number, keys: readonly string[]): Work<readonly number[]> {
    return this.#remove('pending_batches.id = @batch', this.#sql.elementsOf('@keys'), { batch, keys });
  }

  *#remove(isMeant: string, newer: string, values: Values): Work<readonly number[]> {
    const { records, id, places } = this.#sql;
    const outdated = yield* rowsOf<Outdated>(
      `SELECT snapshot, pending_batches.id AS batch, ${places} AS places
       FROM pending_snapshots JOIN pending_batches ON snapshot = pending_snapshots.id, ${records}
       WHERE ${isMeant} AND ${id} IN (${newer}) GROUP BY snapshot, pending_batches.id`,
      values,
    );
    for (const { batch, places } of outdated) {
      yield* this.#without(batch, new Set(JSON.parse(places) as number[]));
    }
    return [...new Set(outdated.map(({ snapshot }) => snapshot))];
  }

  *#without(batch: number, places: ReadonlySet<number>): Work<void> {
    const row = yield* rowOf<BatchRow>('SELECT ends, bytes FROM pending_batches WHERE id = @batch', {
      batch,
    });
    const remaining = row && new Batch(row.bytes, JSON.parse(row.ends)).without(places);
    if (remaining === undefined) {
      yield* change('DELETE FROM pending_batches WHERE id = @batch', { batch });
      return;
    }
    const columns = this.#sql.columnsOf(remaining);
    const changes = Object.keys(columns).map((name) => `${name} = @${name}`);
    yield* change(`UPDATE pending_batches SET ${changes.join(', ')} WHERE id = @batch`, {
      ...columns,
      batch,
    });
  }
}
