import { setTimeout as delay } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { OpenFiles } from './open-files.ts';
import { explained, isBusy } from './sqlite-failures.ts';

const PAUSE = 10;

/**
 * Transactions that wait for other processes without blocking this one. They throw a StateError when SQLite refuses
 * something.
 */
export class Transactions {
  readonly #database: Database.Database;
  readonly #file: string;
  readonly #openFiles: OpenFiles;
  readonly #patience: number;

  /** @param patience milliseconds to wait for a process that holds the file */
  constructor(database: Database.Database, file: string, patience: number) {
    this.#database = database;
    this.#file = file;
    this.#openFiles = new OpenFiles(file);
    this.#patience = patience;
  }

  /** On disk when it resolves. @param action may be called more than once; only the last call counts */
  write<Result>(action: () => Result): Promise<Result> {
    return this.#patiently(this.#database.transaction(action).immediate);
  }

  /**
   * Survives the end of this process, but not a power cut at once: for what is only of use to those who live, or for
   * people to read. Waits for no disk, which takes milliseconds each time.
   */
  note<Result>(action: () => Result): Promise<Result> {
    const transaction = this.#database.transaction(action).immediate;
    return this.#patiently(() => {
      this.#database.pragma('synchronous = NORMAL');
      try {
        return transaction();
      } finally {
        this.#database.pragma('synchronous = FULL');
      }
    });
  }

  read<Result>(action: () => Result): Promise<Result> {
    return this.#patiently(this.#database.transaction(action).deferred);
  }

  async #patiently<Result>(transaction: () => Result): Promise<Result> {
    const giveUpAt = performance.now() + this.#patience;
    for (;;) {
      try {
        this.#openFiles.mustBeThere();
        return transaction();
      } catch (error) {
        if (!isBusy(error) || performance.now() >= giveUpAt) throw explained(this.#file, error);
      }
      await delay(PAUSE);
    }
  }
}
