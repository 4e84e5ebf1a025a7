import type { Circumstances, DriverError, Explanation } from '../source-error.ts';

const cannotOpen = (name: string, file: string): Explanation => ({
  what: `cannot open ${file}: there is no such file, or it may not be read`,
  remedy: `Correct filename in databases.${name}.connection, or let this user read the file and its folder.`,
});

const asOwner = (file: string) =>
  `Let the program that owns it open it once, e.g. sqlite3 ${file} 'pragma user_version' as its user, or run ` +
  'pp-db-collector as that user.';

/**
 * Why a database in WAL mode, or what a program that crashed has left of it, cannot be read by a user who may not write
 * it.
 */
function explainUnreadable(code: string, detail: string, file: string): Explanation | undefined {
  const copy = `give the collector a copy of the file (sqlite3 ${file} ".backup copy.sqlite")`;
  const oneGroup = `give file and folder to a group of both users, with chmod g+rw on the file and chmod g+rws on the folder`;
  const closed =
    `${file} is in WAL mode and no program has it open, so that reading it creates the files -wal and -shm beside ` +
    'it';
  switch (code) {
    case 'WAL_NOT_OF_USE':
      return {
        what: `${closed}, which ${detail} could not use then: that would lock out the programs that write it`,
        remedy: `Run pp-db-collector as the user that owns the file; or ${oneGroup}; or ${copy}.`,
      };
    case 'WAL_CANNOT_CREATE':
      return {
        what: `${closed}, and ${detail}`,
        remedy:
          `Run pp-db-collector as the user that owns the file, or ${oneGroup}; where nothing may be written, as on ` +
          `a read-only disk, ${copy}.`,
      };
    case 'WAL_NOT_READABLE':
      return {
        what:
          `${file} is in WAL mode, and what is written to it stands in ${detail} first, which this user may not ` +
          'read',
        remedy: `Run pp-db-collector as the user that owns the file; or ${oneGroup}; or ${copy}.`,
      };
    case 'WAL_LEFT_BEHIND':
      return {
        what: `${detail} belongs to the user that runs pp-db-collector, and the owner of the database cannot use it`,
        remedy:
          `When no program has ${file} open, remove ${file}-wal and ${file}-shm if the first is empty; then run ` +
          `pp-db-collector as the owner, or ${oneGroup}.`,
      };
    case 'SQLITE_READONLY_ROLLBACK':
      return {
        what: `a program that wrote to ${file} ended in the midst of it, and only one that may write can undo that`,
        remedy: asOwner(file),
      };
    case 'SQLITE_READONLY_RECOVERY':
    case 'SQLITE_READONLY_CANTINIT':
    case 'SQLITE_READONLY_CANTLOCK':
      return {
        what: `${file} is in WAL mode, and this user may not use the file ${file}-shm that readers share`,
        remedy: asOwner(file),
      };
    case 'SQLITE_READONLY_DIRECTORY':
      return { what: `the folder of ${file} may not be written by this user`, remedy: asOwner(file) };
    case 'SQLITE_READONLY_DBMOVED':
      return {
        what: `${file} was moved or replaced while it was read`,
        remedy: 'Nothing is lost: the next run reads the file that is there then.',
      };
  }
  return undefined;
}

/** What an error of SQLite means. */
export function explainSqlite(error: DriverError, circumstances: Circumstances): Explanation {
  const { name, location: file } = circumstances;
  if (error.message.includes('directory does not exist')) return cannotOpen(name, file);
  const unreadable = explainUnreadable(error.code, error.message, file);
  if (unreadable !== undefined) return unreadable;
  // Extended codes, such as SQLITE_CANTOPEN_ISDIR, begin with the plain one.
  switch (error.code.split('_').slice(0, 2).join('_')) {
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
    case 'SQLITE_AUTH':
      return cannotOpen(name, file);
    case 'SQLITE_NOTADB':
      return {
        what: `${file} is not an SQLite database`,
        remedy: `Correct filename in databases.${name}.connection.`,
      };
    case 'SQLITE_IOERR':
      return {
        what: `cannot read ${file}: ${error.message}`,
        remedy: `Check the disk, and that databases.${name}.connection names a file.`,
      };
    case 'SQLITE_CORRUPT':
      return { what: `${file} is damaged: ${error.message}`, remedy: 'Restore the file from a backup.' };
    case 'SQLITE_READONLY':
      return {
        what: 'the query would change data',
        remedy: 'The collector reads only: write a SELECT, and have data prepared by the database itself.',
      };
    case 'ROWS_WITHOUT':
      return {
        what: error.message,
        remedy:
          'End the query with ORDER BY, on what tells the rows apart, so that such a text can be found.',
      };
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return {
        what: `${file} is locked by another program`,
        remedy: 'Let that program finish, or put the file in WAL mode.',
      };
    default:
      return wrongQuery(error, circumstances);
  }
}

const KINDS = ['table', 'column'] as const;

/** SQLite names the word, and not where it is. */
function wrongQuery({ message }: DriverError, { sql }: Circumstances): Explanation {
  const remedy = 'Correct the query.';
  if (message === 'incomplete input')
    return { what: 'syntax error: the query ends too early', remedy, offset: sql.length };
  const [, near, what, name] =
    /^(?:near "([\s\S]+)": syntax error|(?:no such )?([a-z ]+): "?([^\s"]+))/.exec(message) ?? [];
  const kind = KINDS.find((each) => each === what);
  const unknown = kind && name !== undefined ? { kind, name } : undefined;
  return { what: message, remedy, name: near ?? name ?? '', unknown };
}
