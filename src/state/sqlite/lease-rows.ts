import type { LeaseRows, StoredLease } from '../leases.ts';
import { livenessOf, type ProcessIdentity } from '../process-identity.ts';
import { change, rowOf, rowsOf, type Work } from '../work.ts';

interface LeaseRow {
  readonly job: string;
  readonly instance: string;
  readonly holder: string;
  readonly host: string;
  readonly pid: number;
  readonly process_start: string | null;
  readonly since: number;
  readonly renewed_at: number;
  readonly expires_at: number;
}

export interface LeaseJudge {
  /** Tells this opening of the state from all others. */
  readonly instance: string;
  readonly identity: ProcessIdentity;
  /** Milliseconds. */
  readonly validFor: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Leases that know processes: transactions that change something follow each other. */
export class SqliteLeaseRows implements LeaseRows {
  readonly #judge: LeaseJudge;

  constructor(judge: LeaseJudge) {
    this.#judge = judge;
  }

  *of(job: string): Work<StoredLease | undefined> {
    const row = yield* rowOf<LeaseRow>('SELECT * FROM leases WHERE job = @job', { job });
    return row && this.#leaseIn(row);
  }

  *all(): Work<ReadonlyMap<string, StoredLease>> {
    const rows = yield* rowsOf<LeaseRow>('SELECT * FROM leases');
    return new Map(rows.map((row) => [row.job, this.#leaseIn(row)]));
  }

  #leaseIn(row: LeaseRow): StoredLease {
    return {
      holder: row.holder,
      since: row.since,
      renewedAt: row.renewed_at,
      isOurs: row.instance === this.#judge.instance,
      isFree: () => this.#isFree(row),
    };
  }

  *isOurs(job: string): Work<boolean> {
    return (yield* this.of(job))?.isOurs === true;
  }

  taking(job: string): Work<StoredLease | undefined> {
    return this.of(job);
  }

  *write(job: string): Work<number> {
    const { instance, identity, now, validFor } = this.#judge;
    const { holder, host, pid, start } = identity;
    const time = now();
    yield* change(
      `INSERT OR REPLACE INTO leases (job, instance, holder, host, pid, process_start, since, renewed_at, expires_at)
       VALUES (@job, @instance, @holder, @host, @pid, @start, @time, @time, @expiresAt)`,
      { job, instance, holder, host, pid, start: start ?? null, time, expiresAt: time + validFor },
    );
    return time;
  }

  *renew(jobs: readonly string[]): Work<ReadonlySet<string>> {
    const { instance, now, validFor } = this.#judge;
    const time = now();
    const rows = yield* rowsOf<Pick<LeaseRow, 'job'>>(
      `UPDATE leases SET renewed_at = @time, expires_at = @expiresAt
       WHERE job IN (SELECT value FROM json_each(@jobs)) AND instance = @instance RETURNING job`,
      { jobs, instance, time, expiresAt: time + validFor },
    );
    return new Set(rows.map(({ job }) => job));
  }

  remove(job: string): Work<unknown> {
    const { instance } = this.#judge;
    return change('DELETE FROM leases WHERE job = @job AND instance = @instance', { job, instance });
  }

  /**
   * A living process on this machine keeps it, however long it has been suspended. Where nobody can see whether its
   * holder lives, it must have been renewed lately; a time that is still to come is that of a clock that was wrong.
   */
  #isFree(lease: LeaseRow): boolean {
    const { instance, identity, now } = this.#judge;
    if (lease.instance === instance) return true;
    const { holder, host, pid, process_start } = lease;
    const process = { holder, host, pid, start: process_start ?? undefined };
    const liveness = livenessOf(process, identity, lease.renewed_at);
    if (liveness !== 'unknown') return liveness === 'dead';
    const [time, validFor] = [now(), lease.expires_at - lease.renewed_at];
    return lease.expires_at <= time || lease.renewed_at > time + validFor;
  }
}
