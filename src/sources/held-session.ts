import type { Column } from '../model/row.ts';
import type { ResultSet } from '../model/source.ts';
import type { Failures } from './failures.ts';
import { Lease } from './open-session.ts';
import { LeasedRows } from './read-ahead.ts';
import type { Session } from './session.ts';

const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Milliseconds that the server, or whoever reads for us, may be silent: it is the server that enforces `query_timeout`, and it
 * needs a moment to say so.
 */
export const patience = (queryTimeout: number) =>
  Math.min(queryTimeout + Math.max(1_000, queryTimeout / 10), LONGEST_TIMER);

/** A session in use for one query. Whatever is waited for ends: with an answer, or with an error that explains itself. */
export class HeldSession {
  readonly #session: Session;
  readonly #lease: Lease;
  #failures: Failures;

  constructor(session: Session, failures: Failures, signal: AbortSignal, release: (usable: boolean) => void) {
    this.#session = session;
    this.#failures = failures;
    this.#lease = new Lease(
      {
        watch: (lost) => session.watch(lost),
        cancel: () => session.cancel(),
        release: (usable) => {
          if (!usable) session.close();
          release(usable);
        },
      },
      signal,
      (error) => this.#failures.lost(error),
    );
  }

  /** From now on what is asked is about a statement, which its errors tell of. */
  explainBy(failures: Failures): void {
    this.#failures = failures;
  }

  /** Has the session do something, and waits for it. */
  ask<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const asked = performance.now();
    const explained = work(this.#session).catch((error: unknown) => {
      throw this.#failures.running(error, performance.now() - asked);
    });
    const { queryTimeout } = this.#failures.circumstances;
    if (!this.#session.keepsTime) {
      return this.#lease.guard(explained, queryTimeout, () => this.#failures.timedOut());
    }
    const limit = patience(queryTimeout);
    return this.#lease.guard(explained, limit, () => this.#failures.silent(limit));
  }

  /** Closes the connection when the work fails. */
  async orDiscard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      void this.#lease.discard();
      throw error;
    }
  }

  rows(columns: readonly Column[]): ResultSet {
    return new LeasedRows(columns, {
      read: () => this.ask((session) => session.read()),
      finish: () => this.giveBack(),
      abandon: () => this.abandon(),
    });
  }

  /** For a session that was not begun. */
  giveBackAsNew(): Promise<void> {
    return this.#lease.giveBack(async () => undefined);
  }

  giveBack(): Promise<void> {
    return this.#lease.giveBack(() => this.#session.finish());
  }

  /** Cancels the query on the server. */
  abandon(): Promise<void> {
    return this.#lease.abandon(this.#failures.closed());
  }
}
