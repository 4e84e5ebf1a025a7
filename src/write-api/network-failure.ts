import type { OutcomeKind } from './outcome.ts';

/** No connection was made. Its own class, because what broke later may have been stored. */
export class ConnectionFailure extends Error {
  readonly kind: 'unreachable' | 'untrusted-certificate' | 'proxy-refused' | 'timeout';
  /** What Node or OpenSSL call it, where they do. */
  readonly code: string | undefined;

  constructor(kind: ConnectionFailure['kind'], text: string, code?: string) {
    super(text);
    this.name = 'ConnectionFailure';
    this.kind = kind;
    this.code = code;
  }
}

/** The time for one request is over. */
export class DeadlineExceeded extends Error {
  /** Whether it had a connection, over which it may have been sent. */
  readonly wasOnItsWay: boolean;

  constructor(timeout: number, wasOnItsWay: boolean) {
    super(`no answer within ${timeout} ms`);
    this.name = 'DeadlineExceeded';
    this.wasOnItsWay = wasOnItsWay;
  }
}

const CERTIFICATE_CODE =
  /^(?:CERT_|ERR_TLS_CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)|^(?:HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/;

export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** What an error means that occurred while connecting. */
export function connectionFailure(error: Error): ConnectionFailure {
  if (error instanceof ConnectionFailure) return error;
  const code = codeOf(error);
  const untrusted = code !== undefined && CERTIFICATE_CODE.test(code);
  return new ConnectionFailure(untrusted ? 'untrusted-certificate' : 'unreachable', describe(error), code);
}

const OUR_MISTAKE = /^(?:UND_ERR_INVALID_|ERR_INVALID_|ERR_ASSERTION)/;

/** Whether the network is to blame for an error; if not, it is a mistake in this program. */
export function isNetworkFailure(error: unknown): boolean {
  if (error instanceof ConnectionFailure || error instanceof DeadlineExceeded) return true;
  // What came is no HTTP; not all errors of undici's parser carry a code.
  if (error instanceof Error && error.name === 'HTTPParserError') return true;
  const code = codeOf(error);
  return code !== undefined && !OUR_MISTAKE.test(code);
}

/** How undici calls that no more of an answer came in time. */
const SILENT_BODY = 'UND_ERR_BODY_TIMEOUT';

/** What an error means that ended a request: with a connection made, nobody knows what was stored. */
export function kindOfFailure(error: unknown): OutcomeKind {
  if (error instanceof ConnectionFailure) return error.kind;
  if (isTlsAlert(error)) return 'wants-tls';
  const isOverdue = error instanceof DeadlineExceeded || codeOf(error) === SILENT_BODY;
  return isOverdue ? 'timeout' : 'cut-off';
}

/** Whether a request that an error ended may be stored all the same, and at any time. */
export function mayArriveLate(error: unknown): boolean {
  return error instanceof DeadlineExceeded ? error.wasOnItsWay : kindOfFailure(error) === 'cut-off';
}

/** Whether what came in place of an answer is an alert of TLS: to a request in the clear at a port of https. */
function isTlsAlert(error: unknown): boolean {
  const received = error instanceof Error && 'data' in error ? error.data : undefined;
  return typeof received === 'string' && received.startsWith('\x15\x03');
}

/** One line about an error. Happy eyeballs gives an AggregateError without a text of its own. */
export function describe(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(describe))].join('; ');
  }
  const code = codeOf(error);
  const message = messageOf(error, code);
  return code === undefined || message.includes(code) ? message : `${message} (${code})`;
}

/** What OpenSSL says at length holds places in its own source; its reason says the same. */
function messageOf(error: unknown, code = ''): string {
  if (!(error instanceof Error)) return String(error);
  const isOfOpenSsl = code.startsWith('ERR_SSL_') && 'reason' in error && typeof error.reason === 'string';
  return isOfOpenSsl ? String(error.reason) : error.message;
}
