import { StoreError } from '../store.ts';

type Explanation = readonly [what: string, remedy: string, side?: 'source'];

const LOGIN: Explanation = [
  'the server refuses the user or the password',
  "Check user and password in storage.url, and the server's pg_hba.conf.",
  'source',
];
const STARTING: Explanation = ['the server is starting or stopping', 'Try again in a moment.', 'source'];

/** By SQLSTATE, or the code of the network's error. */
const BY_CODE: Readonly<Record<string, Explanation>> = {
  '28P01': LOGIN,
  '28000': LOGIN,
  '3D000': ['the server has no such database', 'Create it, or correct the database in storage.url.'],
  '42501': [
    'the user may not create the schema',
    'Let it: GRANT CREATE ON DATABASE … TO …; or create the schema pp_db_collector_write_api for it.',
  ],
  '53300': [
    'the server has no connection left',
    "Try later, or raise the server's max_connections.",
    'source',
  ],
  '57P03': STARTING,
  '57P01': STARTING,
};

/** Why the database cannot be used, without the password. */
export function explainStoreFailure(error: unknown, url: string): StoreError {
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  const explanation = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  const [what, remedy, side = 'config'] = explanation ?? other(code, message);
  return new StoreError(`the records' database at ${placeOf(url)} cannot be used: ${what}`, remedy, {
    side,
    cause: error,
  });
}

function other(code: string, message: string): Explanation {
  const isOfServer = /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E');
  return isOfServer
    ? [message, 'Ask who administers the database.', 'source']
    : [message || code, 'See that the server runs and that storage.url names its host and port.', 'source'];
}

/** Host, port and database only. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
