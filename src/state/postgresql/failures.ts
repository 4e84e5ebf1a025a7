import { NETWORK_REASONS } from '../../model/network-reasons.ts';
import { StateError } from '../state-error.ts';
import { SCHEMA } from './migrations.ts';

/** What an error of the database, or on the way to it, means; other errors are given back as they are. */
export type Explain = (error: unknown) => unknown;

type Explanation = readonly [what: string, remedy: string, side?: 'config'];
/** @param message the database's own words @param queue the schema of the replicas' queue, for those who use it */
type Explaining = (message: string, queue: string | undefined) => Explanation;

const GOES_ON = 'nothing is lost: the next runs go on where the last acknowledgement ended.';

const LOGIN: Explanation = [
  'the server refuses the user or the password',
  "Check user and password in state.url, and the server's pg_hba.conf.",
  'config',
];
const NOT_ENCRYPTED: Explanation = [
  'the server lets no connection in that is not encrypted',
  "Put ?sslmode=require at the end of state.url, or verify-full, with sslrootcert, to check the server's certificate " +
    'as well. If it is refused then, too, pg_hba.conf of the server has no entry for it.',
  'config',
];
const AWAY: Explanation = ['the server is starting or stopping', `Try again in a moment; ${GOES_ON}`];
const LOST: Explanation = [
  'the connection was lost',
  `See that the server runs and can be reached from here; ${GOES_ON}`,
];
const READ_ONLY: Explanation = [
  'it is read-only',
  'Name the primary server in state.url, not a standby; or have default_transaction_read_only of the user or the ' +
    `database set to off; ${GOES_ON}`,
];
const GONE: Explanation = [
  `the schema ${SCHEMA}, or a table in it, is gone`,
  'Put back a backup of it; or restart pp-db-collector, which makes a new one: the next runs then collect from the ' +
    'start (or lookback) again, and dead letters and pending records are gone.',
  'config',
];
/** Nothing but what is due is in the queue, and that is known from the schedules. */
const queueGone = (queue: string): Explanation => [
  `the schema ${queue}, or a table in it, is gone`,
  `Restart pp-db-collector, which makes a new one; ${GOES_ON}`,
  'config',
];
const gone: Explaining = (message, queue) =>
  queue !== undefined && message.includes(queue) ? queueGone(queue) : GONE;

const noRight: Explaining = (message, queue) => [
  `the user lacks a right: ${message}`,
  `As an administrator run CREATE SCHEMA ${queue ?? SCHEMA} AUTHORIZATION "its name", or GRANT CREATE ON DATABASE … ` +
    `TO …; docs/${queue === undefined ? 'operating' : 'scaling'}.md has what is needed.`,
  'config',
];

/** By SQLSTATE. */
const BY_CODE: Readonly<Record<string, Explanation | Explaining>> = {
  '28P01': LOGIN,
  '28000': (message) => (/no encryption|SSL off/.test(message) ? NOT_ENCRYPTED : LOGIN),
  '3D000': ['the server has no such database', 'Create it, or correct the database in state.url.', 'config'],
  '3F000': gone,
  '42P01': gone,
  '42703': [
    `the tables in the schema ${SCHEMA} are not those of this version`,
    'Run the newest pp-db-collector of those that work with this state.',
    'config',
  ],
  '42501': noRight,
  '25006': READ_ONLY,
  '53100': ['the disk of the server is full', `Make room on it; ${GOES_ON}`],
  '53300': [
    'the server has no connection left',
    "Try later, or raise the server's max_connections or the limits of the user and the database; a process takes up " +
      'to 4 for its state, and 2 more when replicas share a schedule.',
  ],
  '55P03': [
    'another process has held what is needed for more than 10 s',
    `Try again when it is done; ${GOES_ON}`,
  ],
  '57014': [
    'a statement was cancelled, by somebody or because it took too long',
    `See what keeps the server busy, and that statement_timeout of the user or the database leaves seconds; ${GOES_ON}`,
  ],
  '57P01': AWAY,
  '57P02': AWAY,
  '57P03': AWAY,
  '57P05': [
    'the server has ended a connection that was idle',
    `Have idle_session_timeout of the user or the database set to a minute or more, or to 0; ${GOES_ON}`,
  ],
};

const CUT = new Set(['ECONNRESET', 'EPIPE', '57P01', '57P02', '57P05', '25P03']);
const CUT_WORDS = /^Connection terminated|^Query read timeout|not queryable|^Client was closed/;
/** Deadlocks and the like, locks, no connection left: what the server has undone and may do next time. */
const MAY_PASS = new Set(['40001', '40P01', '53300', '55P03', '57P03', 'ECONNREFUSED']);

const codeOf = (error: unknown): string => String((error as { code?: unknown })?.code ?? '');
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Whether the connection is gone. */
export const isLoss = (error: unknown): boolean =>
  !(error instanceof StateError) &&
  (CUT.has(codeOf(error)) || codeOf(error).startsWith('08') || CUT_WORDS.test(messageOf(error)));

/** Whether nothing was done, and the same may succeed in a moment. */
export const isPassing = (error: unknown): boolean =>
  !(error instanceof StateError) && (isLoss(error) || MAY_PASS.has(codeOf(error)));

/** @param place host, port and database @param queue the schema of the replicas' queue, for those who use it */
export function explainFailures(place: string, queue?: string): Explain {
  return (error) => {
    if (error instanceof StateError || !isOfDatabase(error)) return error;
    const [what, remedy, side = 'source'] = explanationOf(error, queue);
    return new StateError(`the state database ${place} cannot be used: ${what}`, remedy, {
      side,
      cause: error,
      isBusy: codeOf(error) === '55P03',
    });
  };
}

/** What has no code is a defect of this program, unless pg's own words say otherwise. */
const isOfDatabase = (error: unknown): boolean =>
  codeOf(error) !== '' || isLoss(error) || /timeout|SSL|SASL|certificate/i.test(messageOf(error));

function explanationOf(error: unknown, queue: string | undefined): Explanation {
  const [code, message] = [codeOf(error), messageOf(error)];
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (known !== undefined) return typeof known === 'function' ? known(message, queue) : known;
  if (isLoss(error)) return LOST;
  if (/^SASL: .*password must be/.test(message)) return LOGIN;
  if (/SSL|certificate/i.test(message)) {
    return [
      message,
      'Check sslmode and sslrootcert at the end of state.url, which names the authority that has signed the ' +
        "server's certificate.",
      'config',
    ];
  }
  const isTimeout = /timeout|timed out/i.test(message);
  const network = NETWORK_REASONS[isTimeout ? 'ETIMEDOUT' : code];
  if (network !== undefined)
    return [network, `See that the server runs and that state.url names its host and port; ${GOES_ON}`];
  return [message, 'Ask who administers the database.'];
}
