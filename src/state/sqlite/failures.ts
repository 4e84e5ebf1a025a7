import Database from 'better-sqlite3';
import { StateError } from '../state-error.ts';

const GOES_ON = 'nothing is lost: the next runs go on where the last acknowledgement ended.';

/** What SQLite's refusals mean, by the beginning of their codes. */
const MEANINGS: readonly (readonly [prefix: string, meaning: (file: string, error: Error) => StateError])[] =
  [
    ['SQLITE_BUSY', busy],
    ['SQLITE_PROTOCOL', busy],
    ['SQLITE_NOTADB', damaged],
    ['SQLITE_CORRUPT', damaged],
    [
      'SQLITE_FULL',
      (file, error) =>
        new StateError(`the disk that holds the state file ${file} is full`, `Make room on it; ${GOES_ON}`, {
          cause: error,
        }),
    ],
    [
      'SQLITE_READONLY',
      (file, error) =>
        new StateError(
          `the state file ${file} cannot be written: it, its folder or its disk is read-only`,

          'Give the user that runs pp-db-collector write access to the file and its folder, or change state.file; ' +
            `${GOES_ON}`,
          { cause: error },
        ),
    ],
    [
      'SQLITE_CANTOPEN',
      (file, error) =>
        new StateError(
          `the state file ${file}, or one of the files beside it that end in -wal and -shm, cannot be opened`,
          'Give the user that runs pp-db-collector write access to its folder, or change state.file.',
          { cause: error },
        ),
    ],
    [
      'SQLITE_IOERR',
      (file, error) =>
        new StateError(
          `the state file ${file} cannot be read or written: ${error.message} (${(error as { code?: string }).code})`,
          `See that its disk works, is connected and has room; ${GOES_ON}`,
          { cause: error },
        ),
    ],
  ];

export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(BUSY|PROTOCOL)/.test(error.code);
}

/** The StateError that explains what SQLite refused; other errors are given back as they are. */
export function explained(file: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const meaning = MEANINGS.find(([prefix]) => error.code.startsWith(prefix));
  return meaning === undefined ? error : meaning[1](file, error);
}

export function damaged(file: string, cause?: unknown): StateError {
  return new StateError(
    `the state file ${file} is damaged, or not a state file`,

    'Put back a copy of it; or move it away: the next runs then collect from the start (or lookback) again, which ' +
      'changes nothing that was delivered, but dead letters and pending records are gone.',
    { cause },
  );
}

function busy(file: string, cause: unknown): StateError {
  return new StateError(
    `another process holds the state file ${file}`,
    'Try again when that process is done; if none of pp-db-collector runs, see which other program has the file open.',
    { cause, isBusy: true },
  );
}
