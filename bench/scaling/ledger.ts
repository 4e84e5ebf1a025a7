import { MINUTE } from '../../src/calendar/durations.ts';

/** What the queue cost the database in one minute. */
export interface MinuteCost {
  statements: number;
  /** Rows of the queue that were read or written. */
  rows: number;
  /** Milliseconds of the database's processors. */
  database: number;
  /** Milliseconds for which somebody held the lock of those who claim. */
  locked: number;
  /** Rows that are dead afterwards, for vacuum to remove. */
  dead: number;
  /** The most that were due at a time. */
  due: number;
  /** The most that went on at a time. */
  active: number;
}

/** Everything that is counted, minute by minute. */
export class Ledger {
  readonly minutes = new Map<number, MinuteCost>();

  /** @param at epoch milliseconds */
  add(at: number, cost: Partial<Omit<MinuteCost, 'due' | 'active'>>): void {
    const minute = this.#minute(at);
    minute.statements += cost.statements ?? 0;
    minute.rows += cost.rows ?? 0;
    minute.database += cost.database ?? 0;
    minute.locked += cost.locked ?? 0;
    minute.dead += cost.dead ?? 0;
  }

  saw(at: number, due: number, active: number): void {
    const minute = this.#minute(at);
    minute.due = Math.max(minute.due, due);
    minute.active = Math.max(minute.active, active);
  }

  /** The most of a minute. */
  peak(of: keyof MinuteCost): number {
    return Math.max(0, ...[...this.minutes.values()].map((minute) => minute[of]));
  }

  total(of: keyof MinuteCost): number {
    return [...this.minutes.values()].reduce((sum, minute) => sum + minute[of], 0);
  }

  #minute(at: number): MinuteCost {
    const key = Math.floor(at / MINUTE) * MINUTE;
    const known = this.minutes.get(key);
    if (known !== undefined) return known;
    const minute = { statements: 0, rows: 0, database: 0, locked: 0, dead: 0, due: 0, active: 0 };
    this.minutes.set(key, minute);
    return minute;
  }
}
