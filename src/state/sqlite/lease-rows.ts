import { livenessOf, type ProcessIdentity } from '../process-identity.ts';
import type { Statements } from './statements.ts';

/** A lease as it is stored. */
export interface LeaseRow {
  /** Which of the holder's openings of the state it is: a process may have several. */
  readonly instance: string;
  readonly holder: string;
  readonly host: string;
  readonly pid: number;
  readonly process_start: string | null;
  readonly since: number;
  readonly renewed_at: number;
  readonly expires_at: number;
}

/** The statements about leases; whoever calls them begins and ends the transaction. Times are epoch milliseconds. */
export class LeaseRows {
  readonly #statements: Statements;
  readonly #instance: string;
  readonly #identity: ProcessIdentity;

  constructor(statements: Statements, instance: string, identity: ProcessIdentity) {
    this.#statements = statements;
    this.#instance = instance;
    this.#identity = identity;
  }

  of(job: string): LeaseRow | undefined {
    const lease = this.#statements.prepare('SELECT * FROM leases WHERE job = ?').get(job);
    return lease as LeaseRow | undefined;
  }

  isOurs(job: string): boolean {
    return this.of(job)?.instance === this.#instance;
  }

  /**
   * Whether it may be taken: a living process on this machine keeps it, however long it has been suspended. Where
   * nobody can see whether its holder lives, it must have been renewed lately; a time that is still to come is that of
   * a clock that was wrong.
   */
  isFree(lease: LeaseRow, now: number): boolean {
    if (lease.instance === this.#instance) return true;
    const { holder, host, pid, process_start } = lease;
    const process = { holder, host, pid, start: process_start ?? undefined };
    const liveness = livenessOf(process, this.#identity, lease.renewed_at);
    if (liveness !== 'unknown') return liveness === 'dead';
    const validFor = lease.expires_at - lease.renewed_at;
    return lease.expires_at <= now || lease.renewed_at > now + validFor;
  }

  write(job: string, now: number, expiresAt: number): void {
    const { holder, host, pid, start } = this.#identity;
    this.#statements
      .prepare(
        `INSERT OR REPLACE INTO leases (job, instance, holder, host, pid, process_start, since, renewed_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(job, this.#instance, holder, host, pid, start ?? null, now, now, expiresAt);
  }

  /** Gives whether it is still ours. */
  renew(job: string, now: number, expiresAt: number): boolean {
    const { changes } = this.#statements
      .prepare('UPDATE leases SET renewed_at = ?, expires_at = ? WHERE job = ? AND instance = ?')
      .run(now, expiresAt, job, this.#instance);
    return changes === 1;
  }

  remove(job: string): void {
    this.#statements.prepare('DELETE FROM leases WHERE job = ? AND instance = ?').run(job, this.#instance);
  }
}
