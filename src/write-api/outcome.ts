/** What can become of one request: the answers of the write API by meaning, and the ways to get no answer. */
export type OutcomeKind =
  | 'stored'
  | 'record-refused' // 400, 422: some record of the batch; nothing of it is stored
  | 'token-refused' // 401, 403
  | 'unknown-data-set' // 404, 410
  | 'wrong-address' // 405, any redirect
  | 'too-large' // 413
  | 'not-now' // 408, 425, 429, 5xx
  | 'refused' // any other 4xx
  | 'not-the-write-api' // 2xx without {"status":"ok"}: somebody else answered
  | 'timeout' // no answer in time; whether it was stored is unknown
  | 'cut-off' // the connection broke once the request was on its way; whether it was stored is unknown
  | 'unreachable' // no connection: name not found, refused, handshake cut
  | 'untrusted-certificate'
  | 'wants-tls' // http was spoken to a port of https
  | 'proxy-refused'; // the proxy wants other credentials, or does not allow the address

/** What became of one request. Texts are cleaned: short, on one line, without secrets. */
export interface RequestOutcome {
  readonly kind: OutcomeKind;
  readonly status?: number;
  /** What Node or OpenSSL call what prevented the connection, where they do. */
  readonly code?: string | undefined;
  /** Milliseconds that the answer asks to wait. */
  readonly retryAfter?: number;
  /** Whether it may be stored after this: it was on its way, and nobody knows what those who have it make of it. */
  readonly mayArriveLate?: boolean;
  /** What the answer gives as reasons. */
  readonly messages?: readonly string[];
  /** The start of the answer, or what the network said. */
  readonly text: string;
}

/** Why a request was not sent: the write host answers nobody. */
export interface HostDown {
  readonly kind: 'host-down';
  /** Failures in a row, of all requests to the host. */
  readonly failures: number;
  /** Milliseconds since the first of them. */
  readonly elapsed: number;
  /** What became of the last of them. */
  readonly last: RequestOutcome;
}

/** A proxy has given up a request that it had passed on. */
export const GATEWAY_TIMEOUT = 504;

const NOT_NOW: ReadonlySet<number> = new Set([408, 425, 429]);

const KINDS: ReadonlyMap<number, OutcomeKind> = new Map([
  [400, 'record-refused'],
  [401, 'token-refused'],
  [403, 'token-refused'],
  [404, 'unknown-data-set'],
  [405, 'wrong-address'],
  [407, 'proxy-refused'],
  [410, 'unknown-data-set'],
  [413, 'too-large'],
  [422, 'record-refused'],
]);

/** How nginx, Apache and Go answer plain HTTP at a port of https. */
const WANTS_TLS =
  /plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled server port|HTTP request to an HTTPS server/i;

/** What an answer means. `body` is the parsed JSON of it, or undefined where it is not JSON. */
export function kindOfAnswer(status: number, body: unknown, text = ''): OutcomeKind {
  if (status === 400 && body === undefined && WANTS_TLS.test(text)) return 'wants-tls';
  if (status >= 200 && status < 300) return saysOk(body) ? 'stored' : 'not-the-write-api';
  if (status < 400) return 'wrong-address';
  if (status >= 500 || NOT_NOW.has(status)) return 'not-now';
  return KINDS.get(status) ?? 'refused';
}

function saysOk(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'status' in body && body.status === 'ok';
}

/** The reasons in an answer such as `{"messages": ["…"]}` or `{"message": "…"}`. */
export function messagesIn(body: unknown): readonly string[] {
  if (typeof body !== 'object' || body === null) return [];
  if ('messages' in body && Array.isArray(body.messages)) {
    return body.messages.map((message) => (typeof message === 'string' ? message : JSON.stringify(message)));
  }
  return 'message' in body && typeof body.message === 'string' ? [body.message] : [];
}

/** The JSON of an answer; undefined where it is none. */
export function parsedAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
