import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { MIGRATIONS } from './migrations.ts';
import { StateError } from './state-error.ts';

/** Marks a SQLite file as ours ("ppdb"). */
const APPLICATION_ID = 0x70706462;

/** Opens the state's SQLite file, created with mode 0600 when missing, and brings it to the newest version. Throws StateError. */
export function openDatabase(file: string): Database.Database {
  if (file !== ':memory:') createPrivately(file);
  const database = attempt(file, () => new Database(file));
  try {
    return attempt(file, () => prepare(database, file));
  } catch (error) {
    database.close();
    throw error;
  }
}

function createPrivately(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
  } catch (error) {
    throw new StateError(
      `the state file ${file} cannot be written: ${(error as NodeJS.ErrnoException).code}`,
      'Give the user that runs pp-db-collector write access to its folder, or change state.file.',
      error,
    );
  }
}

function prepare(database: Database.Database, file: string): Database.Database {
  database.pragma('busy_timeout = 5000');
  refuseForeign(database, file);
  refuseDamaged(database, file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  migrate(database, file);
  return database;
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

function migrate(database: Database.Database, file: string): void {
  const apply = database.transaction(() => {
    const version = Number(database.pragma('user_version', { simple: true }));
    if (version > MIGRATIONS.length) {
      throw new StateError(
        `the state file ${file} was written by a newer pp-db-collector (version ${version} of the state, this one knows ${MIGRATIONS.length})`,
        'Run the newer pp-db-collector, or put back a copy of the file from before the update.',
      );
    }
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${MIGRATIONS.length}`);
  });
  apply.immediate();
}

function attempt<Result>(file: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    if (['SQLITE_NOTADB', 'SQLITE_CORRUPT'].some((code) => error.code.startsWith(code)))
      throw damaged(file, error);
    throw new StateError(
      `the state file ${file} cannot be used: ${error.message}`,
      'See that the file, its folder and the disk can be written and that no other program holds the file.',
      error,
    );
  }
}

function damaged(file: string, cause?: unknown): StateError {
  return new StateError(
    `the state file ${file} is damaged, or not a state file`,
    'Put back a copy of it; or move it away: the next runs then collect from window.start (or lookback) again, which changes nothing that was delivered.',
    cause,
  );
}
