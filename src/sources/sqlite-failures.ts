import type { Circumstances, DriverError, Explanation } from './explanation.ts';

const cannotOpen = (name: string, file: string): Explanation => ({
  what: `cannot open ${file}: there is no such file, or it may not be read`,
  remedy: `Correct filename in databases.${name}.connection, or let this user read the file and its folder.`,
});

/** What an error of SQLite means. */
export function explainSqlite(error: DriverError, circumstances: Circumstances): Explanation {
  const { name, location: file, sql } = circumstances;
  if (error.message.includes('directory does not exist')) return cannotOpen(name, file);
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
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return {
        what: `${file} is locked by another program`,
        remedy: 'Let that program finish, or put the file in WAL mode.',
      };
    default:
      return { what: error.message, remedy: 'Correct the query.', offset: offsetOf(error.message, sql) };
  }
}

/** SQLite does not say where; a word that comes once is found. */
function offsetOf(message: string, sql: string): number | undefined {
  const word = /^(?:near "([\s\S]+)": syntax error|no such (?:table|column|function): (\S+))$/.exec(message);
  const sought = word?.[1] ?? word?.[2];
  if (sought === undefined) return undefined;
  const found = sql.indexOf(sought);
  return found === sql.lastIndexOf(sought) && found >= 0 ? found : undefined;
}
