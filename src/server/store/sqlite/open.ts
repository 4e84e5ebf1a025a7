import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StoreError } from '../store.ts';

/** Marks a SQLite file as ours ("ppwa"). */
const APPLICATION_ID = 0x70707761;
const VERSION = 6;
/** Pages in the write-ahead log before they are moved into the file; the more, the fewer are moved twice. */
const CHECKPOINT_PAGES = 16_000;

/** Pages kept in memory, so that those of indexes are not read each time. */
const CACHE_KIBIBYTES = 16_384;

/** `ids` and `id_index` are kept by IdIndex, which also sees to it that an id has one record. */
const RECORDS = `
  CREATE TABLE records (
    place INTEGER PRIMARY KEY,
    data_set INTEGER NOT NULL REFERENCES data_sets (key),
    id TEXT NOT NULL,
    timestamp TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE INDEX records_by_timestamp ON records (data_set, timestamp);
  CREATE TABLE ids (
    data_set INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (data_set, hash, place)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE id_index (moved_to INTEGER NOT NULL) STRICT;
  INSERT INTO id_index VALUES (0);
`;

/** What MonthlyPlan keeps. */
const MONTH_TALLIES = `
  CREATE TABLE month_tallies (
    data_set INTEGER NOT NULL,
    definition TEXT NOT NULL,
    month TEXT NOT NULL,
    version TEXT NOT NULL,
    tallies TEXT NOT NULL,
    PRIMARY KEY (data_set, definition, month)
  ) STRICT;
`;

/** When somebody last said that what is kept for a definition is wanted. */
const WANTED_TALLIES = `
  CREATE TABLE wanted_tallies (
    data_set INTEGER NOT NULL,
    definition TEXT NOT NULL,
    wanted_at TEXT NOT NULL,
    PRIMARY KEY (data_set, definition)
  ) STRICT, WITHOUT ROWID;
`;

/**
 * How often something changed in each month of a data set, its year and month as a record's timestamp begins. Nothing
 * is ever taken away. SqliteRecords counts what is stored and removed, the trigger a month that a record leaves.
 */
const CHANGES = `
  CREATE TABLE changes (
    data_set INTEGER NOT NULL,
    month TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (data_set, month)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER record_leaves_month AFTER UPDATE OF timestamp ON records
  WHEN substr(old.timestamp, 1, 7) <> substr(new.timestamp, 1, 7)
  BEGIN
    INSERT INTO changes VALUES (old.data_set, substr(old.timestamp, 1, 7), 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
  END;
`;

/** When records were last stored; NULL: the data set is empty. */
const LAST_UPDATE = 'ALTER TABLE data_sets ADD COLUMN updated_at TEXT;';

/**
 * The same of each day, so that not all of a month has to be read again. The months stay, as there are few enough of
 * them to be added up for each reader.
 */
const DAY_CHANGES = `
  CREATE TABLE day_changes (
    data_set INTEGER NOT NULL,
    day TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (data_set, day)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER record_leaves_day AFTER UPDATE OF timestamp ON records
  WHEN substr(old.timestamp, 1, 10) <> substr(new.timestamp, 1, 10)
  BEGIN
    INSERT INTO day_changes VALUES (old.data_set, substr(old.timestamp, 1, 10), 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
  END;
  ALTER TABLE month_tallies ADD COLUMN days TEXT;
`;

const SCHEMA = `
  CREATE TABLE data_sets (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  ${LAST_UPDATE}
  ${RECORDS}
  ${CHANGES}
  ${MONTH_TALLIES}
  ${WANTED_TALLIES}
  ${DAY_CHANGES}
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${VERSION};
`;

/** Until version 2 an index of SQLite had the ids, of which each new one changed a page of its own. */
const FROM_VERSION_1 = `
  ALTER TABLE records RENAME TO records_with_index;
  DROP INDEX records_by_timestamp;
  ${RECORDS}
  INSERT INTO records SELECT rowid, data_set, id, timestamp, updated_at, json FROM records_with_index ORDER BY rowid;
  DROP TABLE records_with_index;
  PRAGMA user_version = 2;
`;

/** Until version 3 nobody knew whether anything had changed. */
const FROM_VERSION_2 = `
  ${CHANGES}
  ${MONTH_TALLIES}
  INSERT INTO changes SELECT data_set, substr(timestamp, 1, 7), 1 FROM records GROUP BY 1, 2;
  PRAGMA user_version = 3;
`;

/** Until version 4 it was looked for in all records. */
const FROM_VERSION_3 = `
  ${LAST_UPDATE}
  UPDATE data_sets SET updated_at = (SELECT max(updated_at) FROM records WHERE data_set = key);
  PRAGMA user_version = 4;
`;

/** Until version 5 each process removed what only others wanted. */
const FROM_VERSION_4 = `
  ${WANTED_TALLIES}
  PRAGMA user_version = 5;
`;

/** Until version 6 nobody knew which days of a month had changed. */
const FROM_VERSION_5 = `
  ${DAY_CHANGES}
  INSERT INTO day_changes SELECT data_set, substr(timestamp, 1, 10), 1 FROM records GROUP BY 1, 2;
  PRAGMA user_version = ${VERSION};
`;

/**
 * Opens the SQLite file of the write API, created with mode 0600 when it is missing. A transaction is on disk when its
 * COMMIT returns. Throws StoreError.
 */
export function openSqlite(file: string): Database.Database {
  try {
    if (file !== ':memory:') createPrivately(file);
    const database = new Database(file);
    try {
      return prepare(database, file);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      `the records' file ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      'See that the file is a database of this write API and that its folder can be written, or change storage.file.',
      { cause: error },
    );
  }
}

/** SQLite gives its side files the mode of the main file. */
function createPrivately(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}

function prepare(database: Database.Database, file: string): Database.Database {
  database.pragma('busy_timeout = 5000');
  if (!isEmpty(database)) refuseForeign(database, file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  database.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
  // Another process may be creating the same file.
  database.transaction(() => bringUpToDate(database)).immediate();
  return database;
}

function bringUpToDate(database: Database.Database): void {
  if (isEmpty(database)) database.exec(SCHEMA);
  if (versionOf(database) === 1) database.exec(FROM_VERSION_1);
  if (versionOf(database) === 2) database.exec(FROM_VERSION_2);
  if (versionOf(database) === 3) database.exec(FROM_VERSION_3);
  if (versionOf(database) === 4) database.exec(FROM_VERSION_4);
  if (versionOf(database) === 5) database.exec(FROM_VERSION_5);
}

const versionOf = (database: Database.Database): number =>
  Number(database.pragma('user_version', { simple: true }));

function isEmpty(database: Database.Database): boolean {
  return database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
}

function refuseForeign(database: Database.Database, file: string): void {
  const applicationId = database.pragma('application_id', { simple: true });
  if (applicationId !== APPLICATION_ID)
    throw new StoreError(
      `the file ${file} is a database of something else`,
      'Change storage.file: the write API keeps its records in a file of its own.',
    );
  if (versionOf(database) > VERSION)
    throw new StoreError(
      `the records' file ${file} was written by a newer pp-db-collector`,
      'Run the newer pp-db-collector.',
    );
}
