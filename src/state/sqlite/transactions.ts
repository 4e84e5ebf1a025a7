import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { StateError } from '../state-error.ts';
import type { OpenTransaction, Transactions } from '../transactions.ts';
import type { Work } from '../work.ts';
import { explained, isBusy } from './failures.ts';
import { Statements } from './statements.ts';

const GOES_ON =
  'Put it back where it was, and pp-db-collector goes on; with a copy in its place, restart it; without any, the ' +
  'next start collects from the beginning (or lookback) again.';

/**
 * The files of a state, as they were when it was opened. SQLite goes on with a file that was removed or moved, and what
 * it writes is lost with the end of the process, or is not what other processes see.
 */
class OpenFiles {
  readonly #known: ReadonlyMap<string, string | undefined>;

  /** @param file open, in WAL mode; or `:memory:` */
  constructor(file: string) {
    const paths = file === ':memory:' ? [] : [file, `${file}-wal`];
    this.#known = new Map(paths.map((path) => [path, identityOf(path)]));
  }

  /** Throws a StateError when they are not there any more, or others are in their place. */
  mustBeThere(): void {
    for (const [path, known] of this.#known) {
      const now = identityOf(path);
      if (now === known) continue;
      throw new StateError(
        now === undefined
          ? `the state file ${path} was removed or moved while it was in use`
          : `another file was put in the place of the state file ${path} while it was in use`,
        path.endsWith('-wal') ? 'Stop pp-db-collector by SIGTERM, not SIGKILL, and start it again.' : GOES_ON,
      );
    }
  }
}

function identityOf(path: string): string | undefined {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  return status === undefined ? undefined : `${status.dev}:${status.ino}`;
}

const PAUSE = 10;

/**
 * Transactions that wait for other processes without blocking this one. They throw a StateError when SQLite refuses
 * something.
 */
export class SqliteTransactions implements Transactions {
  readonly #database: Database.Database;
  readonly #statements: Statements;
  readonly #openFiles: OpenFiles;
  readonly #patience: number;

  /** @param patience milliseconds to wait for a process that holds the file */
  constructor(database: Database.Database, patience: number) {
    this.#database = database;
    this.#statements = new Statements(database);
    this.#openFiles = new OpenFiles(database.name);
    this.#patience = patience;
  }

  write<Result>(work: () => Work<Result>): Promise<Result> {
    return this.#patiently(this.#transaction(work).immediate);
  }

  /** Waits for no disk, which takes milliseconds each time. */
  urgent<Result>(work: () => Work<Result>): Promise<Result> {
    return this.note(work);
  }

  note<Result>(work: () => Work<Result>): Promise<Result> {
    const transaction = this.#transaction(work).immediate;
    return this.#patiently(() => {
      this.#database.pragma('synchronous = NORMAL');
      try {
        return transaction();
      } finally {
        this.#database.pragma('synchronous = FULL');
      }
    });
  }

  read<Result>(work: () => Work<Result>): Promise<Result> {
    return this.#patiently(this.#transaction(work).deferred);
  }

  /** On a connection of its own, lest what is done meanwhile becomes part of it. */
  begin(kind: 'reading' | 'writing'): Promise<OpenTransaction> {
    return this.#patiently(() => {
      const database = new Database(this.#database.name);
      try {
        database.exec(kind === 'writing' ? 'PRAGMA foreign_keys = ON; BEGIN IMMEDIATE' : 'BEGIN');
      } catch (error) {
        database.close();
        throw error;
      }
      return this.#open(database);
    });
  }

  #open(database: Database.Database): OpenTransaction {
    const statements = new Statements(database);
    const explaining = async <Result>(action: () => Result): Promise<Result> => {
      try {
        return action();
      } catch (error) {
        throw explained(database.name, error);
      }
    };
    return {
      carryOut: (work) => explaining(() => statements.carryOut(work)),
      commit: () => explaining(() => void database.exec('COMMIT')),
      [Symbol.asyncDispose]: async () => void database.close(),
    };
  }

  #transaction<Result>(work: () => Work<Result>) {
    return this.#database.transaction(() => this.#statements.carryOut(work()));
  }

  async #patiently<Result>(transaction: () => Result): Promise<Result> {
    const giveUpAt = performance.now() + this.#patience;
    for (;;) {
      try {
        this.#openFiles.mustBeThere();
        return transaction();
      } catch (error) {
        if (!isBusy(error) || performance.now() >= giveUpAt) throw explained(this.#database.name, error);
      }
      await delay(PAUSE);
    }
  }
}
