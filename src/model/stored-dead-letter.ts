import type { DeadLetter, Delivered } from './dead-letter.ts';

export interface StoredDeadLetter extends DeadLetter {
  readonly id: number;
  readonly job: string;
  /** The run that met it last. */
  readonly run: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** The run that sent a newer version and never learned whether it arrived; undefined: none did. */
  readonly overtakenBy: number | undefined;
}

export interface DeadLetters {
  /** Oldest first. */
  deadLetters(filter: {
    readonly job?: string | undefined;
    readonly id?: number | undefined;
  }): Promise<readonly StoredDeadLetter[]>;
  /** How many each job has; jobs without any are left out. */
  countDeadLetters(): Promise<ReadonlyMap<string, number>>;
  /**
   * Notes, before newer versions are sent, that they overtake their letters: should nobody learn whether they arrive,
   * the letters must not be sent. The job's lease must be held.
   */
  overtakeDeadLetters(job: string, run: number, newer: readonly Delivered[]): Promise<void>;
  /** Gives how many there were. */
  discardDeadLetters(ids: readonly number[]): Promise<number>;
}
