import type { LeaseRows, StoredLease } from '../leases.ts';
import { change, rowOf, rowsOf, type Work } from '../work.ts';

/** Epoch milliseconds by the server's clock, which is the same for everybody. */
const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

interface LeaseRow {
  readonly job: string;
  readonly holder: string;
  readonly since: number;
  readonly renewed_at: number;
  readonly is_ours: boolean;
  readonly is_over: boolean;
}

export interface LeaseOwner {
  /** Tells this opening of the state from all others. */
  readonly instance: string;
  /** For people: this process. */
  readonly holder: string;
  /** Milliseconds. */
  readonly validFor: number;
}

/**
 * Leases that are valid for a time. Whoever writes locks the row of the lease first, so that a lease is taken before or
 * after a transaction of its holder, and never in between.
 */
export class PostgresqlLeaseRows implements LeaseRows {
  readonly #owner: LeaseOwner;

  constructor(owner: LeaseOwner) {
    this.#owner = owner;
  }

  of(job: string): Work<StoredLease | undefined> {
    return this.#read(job, '');
  }

  *isOurs(job: string): Work<boolean> {
    return (yield* this.#read(job, 'FOR UPDATE'))?.isOurs === true;
  }

  *taking(job: string): Work<StoredLease | undefined> {
    // Again when whoever had it has released it meanwhile.
    for (;;) {
      const isNew = yield* change(
        `INSERT INTO leases (job, instance, holder, since, renewed_at, expires_at)
         VALUES (@job, @instance, @holder, 0, 0, 0) ON CONFLICT (job) DO NOTHING`,
        { ...this.#owner, job },
      );
      if (isNew === 1) return undefined;
      const lease = yield* this.#read(job, 'FOR UPDATE');
      if (lease !== undefined) return lease;
    }
  }

  *write(job: string): Work<number> {
    const row = yield* rowOf<{ readonly since: number }>(
      `UPDATE leases SET instance = @instance, holder = @holder, since = now, renewed_at = now,
         expires_at = now + @validFor
       FROM (SELECT ${NOW} AS now) AS clock WHERE job = @job RETURNING since`,
      { ...this.#owner, job },
    );
    return row?.since ?? 0;
  }

  *renew(jobs: readonly string[]): Work<ReadonlySet<string>> {
    const rows = yield* rowsOf<Pick<LeaseRow, 'job'>>(
      `UPDATE leases SET renewed_at = now, expires_at = now + @validFor
       FROM (SELECT ${NOW} AS now) AS clock WHERE job = ANY (@jobs::text[]) AND instance = @instance RETURNING job`,
      { ...this.#owner, jobs },
    );
    return new Set(rows.map(({ job }) => job));
  }

  remove(job: string): Work<unknown> {
    return change('DELETE FROM leases WHERE job = @job AND instance = @instance', { ...this.#owner, job });
  }

  *all(): Work<ReadonlyMap<string, StoredLease>> {
    const rows = yield* rowsOf<LeaseRow>(`SELECT ${COLUMNS} FROM leases`, { ...this.#owner });
    return new Map(rows.map((row) => [row.job, leaseIn(row)]));
  }

  *#read(job: string, lock: '' | 'FOR UPDATE'): Work<StoredLease | undefined> {
    const sql = `SELECT ${COLUMNS} FROM leases WHERE job = @job ${lock}`;
    const row = yield* rowOf<LeaseRow>(sql, { ...this.#owner, job });
    return row && leaseIn(row);
  }
}

const COLUMNS = `job, holder, since, renewed_at, instance = @instance AS is_ours, expires_at <= ${NOW} AS is_over`;

const leaseIn = (row: LeaseRow): StoredLease => ({
  holder: row.holder,
  since: row.since,
  renewedAt: row.renewed_at,
  isOurs: row.is_ours,
  isFree: () => row.is_ours || row.is_over,
});
