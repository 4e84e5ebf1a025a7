import { explainLoss, explainTimeout } from '../connection-failures.ts';
import type { UnknownName } from '../known-names.ts';
import type { Circumstances, DriverError, Explanation } from '../source-error.ts';
import { explainUntyped } from './parameters.ts';

type Explain = (error: DriverError, circumstances: Circumstances) => Explanation;

const wrongQuery =
  (remedy: string): Explain =>
  (error, { sql }) => ({
    what: error.message,
    remedy: adviceOf(error) ?? remedy,
    offset: offsetOf(error, sql),
    name: '',
    unknown: adviceOf(error) === undefined ? unknownIn(error) : undefined,
  });

/** In English, which the messages of most servers are in. */
function unknownIn({ code, message }: DriverError): UnknownName | undefined {
  const [, quoted, plain] = /^\w+ (?:"([^"]+)"|(\S+)) does not exist$/.exec(message) ?? [];
  const name = quoted ?? plain;
  if (name === undefined || !(code === '42P01' || code === '42703')) return undefined;
  return { kind: code === '42P01' ? 'table' : 'column', name };
}

/** Raised by a function of the database, which may say anything. */
const isRaised = ({ routine }: DriverError): boolean => routine === 'exec_stmt_raise';

/** What the server itself says of a mistake. Where the statement is not to blame, details quote what rows hold. */
function adviceOf(error: DriverError): string | undefined {
  const { code, hint } = error;
  const detail = code.startsWith('42') && !isRaised(error) ? error.detail : undefined;
  const sentences = [detail, hint].filter((sentence) => sentence !== undefined);
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

const lost: Explain = (error, circumstances) => explainLoss(error, circumstances);

const wrongLogin: Explain = (_, { name, user }) => ({
  what: `the server refuses user ${user}, or its password`,
  remedy: `Check user and password in databases.${name}.connection, and the server's pg_hba.conf.`,
});

/**
 * An entry of pg_hba.conf is missing, or refuses; or the user is unknown, which must not be told from a wrong password.
 */
const notLetIn: Explain = (error, circumstances) => {
  if (!error.message.includes('pg_hba.conf')) return wrongLogin(error, circumstances);
  const { name } = circumstances;
  if (!/no encryption|SSL off/.test(error.message)) {
    return {
      what: error.message,
      remedy: 'Have an entry for this user, database and address added to pg_hba.conf of the server.',
    };
  }
  return {
    what: `the server does not let this connection in as long as it is not encrypted: ${error.message}`,
    remedy:
      "Encrypt it: put ?sslmode=require (or verify-full, with sslrootcert, to check the server's certificate as " +
      `well) at the end of the URL in databases.${name}.connection, or ssl into its mapping. If it is refused then ` +
      'as well, pg_hba.conf of the server has no entry for it.',
  };
};

const READ_ONLY = 'The collector reads only: write a SELECT, and have data prepared by the database itself.';

/** By SQLSTATE; see appendix A of PostgreSQL's manual. */
const BY_CODE: Readonly<Record<string, Explain>> = {
  '28P01': wrongLogin,
  '28000': notLetIn,
  '3D000': (_, { name, database }) => ({
    what: `the server has no database ${database}`,
    remedy: `Correct the database in databases.${name}.connection.`,
  }),
  '42501': (error, { user }) => ({
    what: error.message,
    remedy: `Let user ${user} read it: GRANT SELECT ON … TO …`,
  }),
  '42P01': wrongQuery('Correct the name of the table, or put its schema before it.'),
  '42703': wrongQuery('Correct the name of the column.'),
  '42883': wrongQuery('Correct the name, or cast the operands so that their types fit.'),
  '42601': wrongQuery('Correct the SQL.'),
  '25006': (error) => ({ what: error.message, remedy: READ_ONLY }),
  '25001': (error) => ({ what: error.message, remedy: READ_ONLY }),
  '2D000': (error) => ({ what: error.message, remedy: READ_ONLY }),
  '53300': ({ message }, { name }) => ({
    what: `the server has no connection left: ${message}`,
    remedy:
      "Try later, raise the server's max_connections, a CONNECTION LIMIT of the user or the database, or lower " +
      `databases.${name}.max_connections.`,
  }),
  '08P01': (error, circumstances) => explainPooler(error, circumstances),
  '57P01': lost,
  '57P02': lost,
  '57P03': (error) => ({
    what: error.message,
    remedy:
      'Wait until the server has done starting, stopping or recovering; the next run starts again where this one did.',
    unansweredFor: 0,
  }),
  '25P03': lost,
};

/**
 * What helps where the server gives up, by SQLSTATE: none of these is a mistake in the query. The message is the
 * server's own.
 */
const REMEDIES: Readonly<Record<string, string>> = {
  '22021':
    'The database keeps bytes that are no text in UTF-8 (SQL_ASCII keeps any): say in the query which encoding ' +
    "they are in, e.g. convert_from(convert(convert_to(name, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'UTF8') AS name.",
  '22P05':
    'Write the query without this character, which the encoding of the database lacks, if it stands in a text or a ' +
    'comment of it; if it is in a value, leave the value out or replace the character there.',
  '25P04':
    'Have transaction_timeout of the server raised for this user: ALTER ROLE … SET transaction_timeout = …',
  '40001':
    'Leave it to the next run, which starts again where this one did; if a standby has cancelled it, set ' +
    'hot_standby_feedback = on there or raise its max_standby_streaming_delay, make the query faster, or read the primary server.',
  '40P01':
    'Leave it to the next run, which starts again where this one did; if it happens again, the log of the server ' +
    'names the other query: let it take its locks in another order, or run at another time.',
  '53100':
    'Make room on the disk of the server, or have the query sort and group less, e.g. by an index in the order of ' +
    'its ORDER BY.',
  '53200':
    'Give the server more memory or lower its work_mem, or have the query read less at once, e.g. by a smaller ' +
    'max_periods or max_rows.',
  '53400':
    'Have temp_file_limit raised for this user, or have the query sort and group less, e.g. by an index.',
  '55P03':
    'Leave it to the next run, which starts again where this one did: somebody else holds the table locked, e.g. to ' +
    'change its structure; if it happens again, run the job at another time, or raise lock_timeout of the database user.',
};

/** What an error of pg means; undefined when it is none of the database's own. */
export function explainPostgresql(
  error: DriverError,
  circumstances: Circumstances,
  elapsed: number,
): Explanation | undefined {
  const { code, message } = error;
  if (code === '57014') {
    return elapsed >= circumstances.queryTimeout ? explainTimeout(circumstances) : cancelledByOthers;
  }
  if (code === '22023' && message.includes('"TimeZone"')) return unknownZone(circumstances);
  if (/^SASL: .*password must be/.test(message)) return wrongLogin(error, circumstances);
  const untyped = explainUntyped(error, circumstances.parameters);
  if (untyped !== undefined) return { ...untyped, offset: offsetOf(error, circumstances.sql) };
  const explain = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (explain !== undefined) return explain(error, circumstances);
  if (!/^[0-9A-Z]{5}$/.test(code)) return undefined;
  const remedy = Object.hasOwn(REMEDIES, code) ? REMEDIES[code] : undefined;
  if (remedy !== undefined) return { what: message, offset: offsetOf(error, circumstances.sql), remedy };
  return wrongQuery('Correct the query, or the data that it reads.')(error, circumstances);
}

/** What a pooler such as PgBouncer says, which speaks for itself by this code. */
function explainPooler({ message }: DriverError, { name }: Circumstances): Explanation {
  if (/statement pooling/i.test(message)) {
    return {
      what: `the connection goes through a pooler that takes no transactions: ${message}`,
      remedy:
        'Set pool_mode of the pooler to transaction or session for this database, or name the server itself in ' +
        `databases.${name}.connection.`,
    };
  }
  if (/unsupported startup parameter/.test(message)) {
    return {
      what: message,
      remedy:
        'Unset PGOPTIONS in the environment of the collector, or add the parameter to ignore_startup_parameters of ' +
        'the pooler.',
    };
  }
  return {
    what: message,
    remedy:
      `Look into the log of the pooler, or of the server, that databases.${name}.connection leads to, and whether ` +
      'it has connections left.',
  };
}

const cancelledByOthers: Explanation = {
  what: 'the query was cancelled on the server by somebody else',
  remedy: 'Ask who administers the database; the next run starts again where this one did.',
};

const unknownZone = ({ name, timezone }: Circumstances): Explanation => ({
  what: `the server does not know the time zone ${timezone}`,
  remedy: `Set databases.${name}.timezone to one of pg_timezone_names.`,
});

/** PostgreSQL counts characters, JavaScript UTF-16 units. */
function offsetOf(error: DriverError, sql: string): number | undefined {
  if (error.position === undefined || sql === '') return undefined;
  return [...sql].slice(0, error.position - 1).join('').length;
}
