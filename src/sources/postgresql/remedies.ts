/**
 * What helps where a server of PostgreSQL gives up, by SQLSTATE: none of these is a mistake in the query. The message is the
 * server's own.
 */
export const POSTGRESQL_REMEDIES: Readonly<Record<string, string>> = {
  '22021':
    "The database keeps bytes that are no text in UTF-8 (SQL_ASCII keeps any): say in the query which encoding they are in, e.g. convert_from(convert(convert_to(name, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'UTF8') AS name.",
  '22P05':
    'The encoding of the database lacks this character. If it stands in the query, in a text or a comment, write the query without it; if it is in a value, leave the value out or replace the character there.',
  '25P04':
    'Have transaction_timeout of the server raised for this user: ALTER ROLE … SET transaction_timeout = …',
  '40001':
    'The next run starts again where this one did. If a standby has cancelled it: set hot_standby_feedback = on there or raise its max_standby_streaming_delay, make the query faster, or read the primary server.',
  '40P01':
    'The next run starts again where this one did. If it happens again, the log of the server names the other query: let it take its locks in another order, or run at another time.',
  '53100':
    'Make room on the disk of the server, or have the query sort and group less, e.g. by an index in the order of its ORDER BY.',
  '53200':
    'Give the server more memory or lower its work_mem, or have the query read less at once, e.g. by a smaller max_periods or max_rows.',
  '53400':
    'Have temp_file_limit raised for this user, or have the query sort and group less, e.g. by an index.',
  '55P03':
    'Somebody else holds the table locked, e.g. to change its structure. The next run starts again where this one did; if it happens again, run the job at another time, or raise lock_timeout of the database user.',
  '57P03':
    'The server is starting, stopping or recovering: wait until it has done so. The next run starts again where this one did.',
};
