import { explainCertificate } from './connection-failures.ts';
import type { BoundParameter } from './parameters.ts';

/** What an error of a driver means. */
export interface Explanation {
  /** Half a sentence, to stand after the database's name. */
  readonly what: string;
  readonly remedy?: string | undefined;
  /** UTF-16 offset into the statement's text. */
  readonly offset?: number | undefined;
}

/** What is known when a driver fails. */
export interface Circumstances {
  /** The database's name in the configuration. */
  readonly name: string;
  /** Where it is: `host:port`, or the path of a file. */
  readonly location: string;
  /** Whom the server knows, in which database, by what; empty for files. */
  readonly user: string;
  readonly database: string;
  readonly password: string;
  /** Milliseconds. */
  readonly queryTimeout: number;
  readonly timezone: string;
  /** The statement's text as the server has it; empty before there is one. */
  readonly sql: string;
  /** Those of the statement, in the order of their placeholders. */
  readonly parameters: readonly BoundParameter[];
}

/** A driver's error, read without trusting its shape. */
export interface DriverError {
  readonly message: string;
  readonly code: string;
  readonly errno: number | undefined;
  /** A PostgreSQL error's place: characters from the start of the statement, counted from 1. */
  readonly position: number | undefined;
  readonly routine: string | undefined;
}

export function readDriverError(error: unknown): DriverError {
  const { message, code, errno, position, routine } = Object(error) as Record<string, unknown>;
  return {
    message: typeof message === 'string' ? message : String(error),
    code: typeof code === 'string' ? code : '',
    errno: typeof errno === 'number' ? errno : undefined,
    position: typeof position === 'string' ? Number(position) : undefined,
    routine: typeof routine === 'string' ? routine : undefined,
  };
}

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOENT: 'there is no such socket',
  EACCES: 'this user may not open the socket',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host cannot be looked up at the moment',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'there was no answer in time',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
};

/** An error while connecting that is none of the database's own. */
export function explainConnecting(error: DriverError, circumstances: Circumstances): Explanation {
  const isTimeout = /timeout|timed out/i.test(error.message);
  const reason = NETWORK[isTimeout ? 'ETIMEDOUT' : error.code] ?? error.message;
  if (/not support (SSL|secure) connection/.test(reason)) {
    return {
      what: `cannot connect to ${circumstances.location}: the server does not encrypt connections, which ssl or sslmode asks for`,
      remedy: `Have encryption switched on at the server. Where the network can be trusted, leave ssl, or sslmode and sslrootcert in the URL, out of databases.${circumstances.name}.connection.`,
    };
  }
  const certificate = explainCertificate(reason, circumstances.location, circumstances.name);
  if (certificate !== undefined) return certificate;
  return {
    what: `cannot connect to ${circumstances.location}: ${reason}`,
    remedy: `Check host and port in databases.${circumstances.name}.connection, and that the server runs and can be reached from here.`,
  };
}

/** The connection ended while it was in use. */
export function explainLoss(error: DriverError | undefined, circumstances: Circumstances): Explanation {
  const reason = error === undefined ? '' : `: ${NETWORK[error.code] ?? error.message}`;
  return {
    what: `the connection to ${circumstances.location} was lost${reason}`,
    remedy:
      'Nothing is lost: the next run starts again where this one did. Look into the log of the database server if it happens again.',
  };
}

/** The server has taken longer than it was allowed to, or says nothing at all. */
export function explainTimeout(circumstances: Circumstances): Explanation {
  return {
    what: `the query took longer than query_timeout (${circumstances.queryTimeout / 1_000} s) and was cancelled`,
    remedy: `Make the query faster, e.g. with an index on the columns it filters by, or raise databases.${circumstances.name}.query_timeout.`,
  };
}

export function explainSilence(circumstances: Circumstances, limit: number): Explanation {
  return {
    what: `${circumstances.location} has not answered for ${limit / 1_000} s`,
    remedy: 'Check the network between here and the database server, and whether the server is overloaded.',
  };
}
