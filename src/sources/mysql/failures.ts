import { explainLoss, explainTimeout } from '../connection-failures.ts';
import type { UnknownName } from '../known-names.ts';
import type { BoundParameter } from '../parameters.ts';
import { type Circumstances, type DriverError, type Explanation, SourceError } from '../source-error.ts';

type Explain = (error: DriverError, circumstances: Circumstances) => Explanation;

const serverSays =
  (remedy: string): Explain =>
  (error) => ({ what: error.message, remedy });

/** The server names what is wrong, and not where. */
const unknown =
  (kind: UnknownName['kind'] | undefined, remedy: string): Explain =>
  ({ message }) => {
    const name = /^\w+(?: \w+)? '?([^' ]+)/.exec(message)?.[1] ?? '';
    return { what: message, remedy, name, unknown: kind && { kind, name } };
  };

const notAllowed: Explain = (error, { user }) => ({
  what: error.message,
  remedy: `Let user ${user} read it: GRANT SELECT ON … TO …`,
});

const wrongLogin: Explain = (_, { name, user }) => ({
  what: `the server refuses user ${user}, or its password`,
  remedy:
    `Check user and password in databases.${name}.connection, and from which hosts the user may connect; if it ` +
    'must be encrypted (REQUIRE SSL), put ?sslmode=require at the end of the URL, or ssl into the mapping.',
});

const timeout: Explain = (_, circumstances) => explainTimeout(circumstances);

const lost: Explain = (error, circumstances) => explainLoss(error, circumstances);

const readOnly: Explain = () => ({
  what: 'the query would change data',
  remedy: 'The collector reads only: write a SELECT, and have data prepared by the database itself.',
});

const noConnection: Explain = ({ message }, { name }) => ({
  what: `the server has no connection left: ${message}`,
  remedy:
    "Try later, raise the server's max_connections or the user's MAX_USER_CONNECTIONS, or lower " +
    `databases.${name}.max_connections.`,
});

const DISK_FULL =
  'Make room on the disk of the server (or raise tmp_table_size), or have the query sort and group less, e.g. by ' +
  'an index in the order of its ORDER BY.';
const NO_MEMORY =
  'Give the server more memory, or have the query read less at once, e.g. by a smaller max_periods or max_rows.';

/** By error number; MariaDB and MySQL share those below 1900. */
const BY_NUMBER: Readonly<Record<number, Explain>> = {
  1021: serverSays(DISK_FULL),
  1040: noConnection,
  1041: serverSays(NO_MEMORY),
  1037: serverSays(NO_MEMORY),
  1038: serverSays('Raise sort_buffer_size of the server, or have the query sort less, e.g. by an index.'),
  1044: (_, { user, database }) => ({
    what: `user ${user} may not use the database ${database}`,
    remedy: `Let the user read it: GRANT SELECT ON ${database}.* TO …`,
  }),
  1045: wrongLogin,
  1698: wrongLogin,
  1046: (_, { name }) => ({
    what: 'the query names a table without its database, and no database is selected',
    remedy: `Name the database in databases.${name}.connection.`,
  }),
  1049: (_, { name, database }) => ({
    what: `the server has no database ${database}`,
    remedy: `Correct the database in databases.${name}.connection.`,
  }),
  1054: unknown('column', 'Correct the name of the column.'),
  1064: explainSyntax,
  1114: serverSays(DISK_FULL),
  1129: serverSays(
    'Have the administrator of the server run FLUSH HOSTS, and find out why connections failed.',
  ),
  1130: serverSays(
    'Have the administrator of the server let the user in from this host: CREATE USER … @ this host.',
  ),
  1142: notAllowed,
  1143: notAllowed,
  1146: unknown('table', 'Correct the name of the table, or put its database before it.'),
  1203: noConnection,
  1205: serverSays(
    'Leave it to the next run, which starts again where this one did; if it happens again, run the job at another ' +
      'time, or find out who holds rows or the table locked, e.g. to change its structure: SHOW FULL PROCESSLIST.',
  ),
  1213: serverSays(
    'Leave it to the next run, which starts again where this one did; if it happens again, SHOW ENGINE INNODB ' +
      'STATUS names the other query; a query without FOR UPDATE or FOR SHARE takes no locks.',
  ),
  1226: (error, { name, user }) => ({
    what: error.message,
    remedy:
      `Have the limit of user ${user} raised (ALTER USER … WITH MAX_QUERIES_PER_HOUR …), run jobs less often, or ` +
      `lower databases.${name}.max_connections.`,
  }),
  1298: (_, { name, timezone }) => ({
    what: `the server does not know the time zone ${timezone}`,
    remedy:
      "Load the server's zone tables (mysql_tzinfo_to_sql /usr/share/zoneinfo | mysql mysql), or set " +
      `databases.${name}.timezone to UTC.`,
  }),
  1300: serverSays(
    'Bytes that are no text in that character set: name the one that they are in, e.g. CONVERT(name USING latin1).',
  ),
  1305: unknown(undefined, 'Correct the name of the function.'),
  1317: (_, { name }) => ({
    what: 'the query was cancelled on the server by somebody else',
    remedy: `Ask who administers the database ${name}; the next run starts again where this one did.`,
  }),
  1412: serverSays(
    'Leave it to the next run, which starts again where this one did: the table was changed while it was read.',
  ),
  1792: readOnly,
  1927: lost,
  1053: lost,
  1969: timeout,
  3024: timeout,
  3159: (_, { name }) => ({
    what: 'the server takes encrypted connections only',
    remedy:
      "Encrypt it: put ?sslmode=require (or verify-full, with sslrootcert, to check the server's certificate as " +
      `well) at the end of the URL in databases.${name}.connection, or ssl into its mapping.`,
  }),
};

/** What an error of mysql2 means; undefined when it is none of the database's own. */
export function explainMysql(error: DriverError, circumstances: Circumstances): Explanation | undefined {
  const { errno, message } = error;
  if (errno === undefined || errno <= 0) return undefined;
  const explain = BY_NUMBER[errno];
  if (explain !== undefined) return explain(error, circumstances);
  return { what: message, remedy: 'Correct the query, or the data that it reads.', name: '' };
}

/** The server repeats the query from the mistake on, and says in which line that is. */
function explainSyntax(error: DriverError, { sql }: Circumstances): Explanation {
  const remedy = 'Correct the SQL.';
  const [, near, line] = /near '([\s\S]*)' at line (\d+)$/.exec(error.message) ?? [];
  if (near === undefined) return { what: 'syntax error', remedy, name: '' };
  if (near === '') return { what: 'syntax error: the query ends too early', remedy, offset: sql.length };
  const startOfLine = sql.split('\n', Number(line) - 1).reduce((length, each) => length + each.length + 1, 0);
  const index = sql.indexOf(near, startOfLine);
  const word = /^\s*(\w+|\S)/.exec(near)?.[1] ?? near.slice(0, 10);
  return { what: `syntax error near "${word}"`, remedy, offset: index < 0 ? undefined : index, name: word };
}

/** Functions that show a time in a zone give null for a zone that the server does not know. */
export const unknownZone = (database: string, { name, text }: BoundParameter): SourceError =>
  new SourceError(
    `database ${database}: the server does not know the time zone ${text} of the job, so that convert_tz(…, ` +
      `:${name}) gives null`,
    {
      remedy:
        "Load the server's zone tables (mysql_tzinfo_to_sql /usr/share/zoneinfo | mysql mysql), or do without " +
        'them: set window.max_periods: 1 and select :from_date as the date, without grouping by it.',
    },
  );
