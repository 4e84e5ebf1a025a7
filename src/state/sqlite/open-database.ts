import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StateError } from '../state-error.ts';
import { damaged, explained, isBusy } from './failures.ts';
import { APPLICATION_ID, migrate } from './migrations.ts';

/** Bytes that the write-ahead log keeps on disk between two checkpoints. */
const LOG_LIMIT = 16_777_216;
const PAUSE = 20;

/**
 * Opens the state's SQLite file, created with mode 0600 when missing, and brings it to the newest version. Throws
 * StateError.
 * @param patience milliseconds to wait for a process that holds the file
 */
export function openDatabase(file: string, patience = 5_000): Database.Database {
  const giveUpAt = performance.now() + patience;
  for (;;) {
    try {
      return openOnce(file, patience);
    } catch (error) {
      // Switching a new file to WAL fails at once, whatever busy_timeout says, while another process does the same.
      if (!isBusy(error) || performance.now() >= giveUpAt) throw explained(file, error);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}

function openOnce(file: string, patience: number): Database.Database {
  if (file !== ':memory:') create(file);
  const database = new Database(file, { timeout: patience });
  try {
    prepare(database, file);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function create(file: string): void {
  attempt(file, () => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
  });
}

function prepare(database: Database.Database, file: string): void {
  refuseForeign(database, file);
  refuseDamaged(database, file);
  if (file !== ':memory:') makePrivate(file);
  database.pragma('journal_mode = WAL');
  database.pragma(`journal_size_limit = ${LOG_LIMIT}`);
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  // Dead letters and pending records hold people's data: what is deleted is gone.
  database.pragma('secure_delete = ON');
  migrate(database, file);
  // From here on whoever meets a lock waits without blocking the process.
  database.pragma('busy_timeout = 0');
}

function refuseForeign(database: Database.Database, file: string): void {
  const tables = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get() as { count: number };
  if (tables.count > 0 && database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new StateError(
      `the file ${file} is a database of something else`,
      'Change state.file: pp-db-collector keeps its state in a file of its own.',
    );
  }
}

function refuseDamaged(database: Database.Database, file: string): void {
  if (database.pragma('quick_check(1)', { simple: true }) !== 'ok') throw damaged(file);
}

/**
 * Only once the file is known to be ours; SQLite gives its side files the mode that the file had when it was opened.
 */
function makePrivate(file: string): void {
  attempt(file, () => {
    for (const path of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(path)) chmodSync(path, 0o600);
  });
}

function attempt(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new StateError(
      `the state file ${file} cannot be written: ${(error as NodeJS.ErrnoException).code}`,
      'Give the user that runs pp-db-collector write access to its folder, or change state.file.',
      { cause: error },
    );
  }
}
