import type { FailedSide } from '../model/run.ts';
import { certificateRemedy } from './certificate-remedy.ts';
import type { HostDown, RequestOutcome } from './outcome.ts';
import type { SendResult } from './sender.ts';
import { WriteApiError } from './write-api-error.ts';

/** What messages call the things that a request was about. */
export interface Subject {
  /** `carers-allowance/transactions-by-channel` */
  readonly dataSet: string;
  /** Address of the data set. */
  readonly address: string;
  /** Address of the write host. */
  readonly host: string;
  /** Where the token is from. */
  readonly tokenSource?: string | undefined;
  /** The file with certificate authorities that is set. */
  readonly caFile?: string | undefined;
}

interface Explanation {
  readonly side: FailedSide;
  readonly sentence: (subject: Subject, outcome: RequestOutcome) => string;
  readonly remedy: (subject: Subject, outcome: RequestOutcome) => string;
}

const LATER = '; sending the same records again later is safe.';

/** What came in answer to the greeting of TLS is none, but most likely HTTP in the clear. */
const NO_TLS: ReadonlySet<string | undefined> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
]);
const SPEAK_TLS =
  'It does not speak TLS at this port: set the url to the port at which it does, or, if it has none, to http:// ' +
  '(with allow_plain_http, unless it is on this machine).';

const EXPLANATIONS: Readonly<Record<Exclude<RequestOutcome['kind'], 'stored'>, Explanation>> = {
  'record-refused': {
    side: 'refused',
    sentence: ({ dataSet }, { status }) =>
      `The write API refused an empty list for data set ${dataSet} (${status})`,
    remedy: ({ address }) => `Check that ${address} is the address of a write API.`,
  },
  'token-refused': {
    side: 'refused',
    sentence: ({ dataSet }, { status }) =>
      `The write API refused the token of data set ${dataSet} (${status})`,
    remedy: ({ dataSet, tokenSource }) =>
      `Set the token${tokenSource === undefined ? '' : ` (${tokenSource})`} to the one that was issued for ${dataSet}.`,
  },
  'unknown-data-set': {
    side: 'refused',
    sentence: ({ dataSet, host }, { status }) => `${host} knows no data set ${dataSet} (${status})`,
    remedy: ({ address }) =>
      `Check data_group, data_type and the url, which make ${address}, and that the data set has been created.`,
  },
  'wrong-address': {
    side: 'config',
    sentence: ({ address }, { status }) => `${address} is not the address of a write API (${status})`,
    remedy: () =>
      'Set the url to the write API itself: redirects are not followed, so that tokens go nowhere else.',
  },
  'too-large': {
    side: 'refused',
    sentence: ({ dataSet }, { status }) =>
      `The write API refused an empty list for data set ${dataSet} as too large (${status})`,
    remedy: ({ address }) => `Check that ${address} is the address of a write API.`,
  },
  'not-now': {
    side: 'target',
    sentence: ({ dataSet }, { status }) => `The write API answered ${status} for data set ${dataSet}`,
    remedy: () => `If it goes on, tell those who run the write API${LATER}`,
  },
  refused: {
    side: 'refused',
    sentence: ({ dataSet }, { status }) =>
      `The write API refused a request for data set ${dataSet} (${status})`,
    remedy: ({ address }) => `Check that ${address} is the address of a write API.`,
  },
  'not-the-write-api': {
    side: 'target',
    sentence: ({ dataSet, host }, { status }) =>
      `${host} answered ${status} for data set ${dataSet}, but not as the write API does`,
    remedy: () =>
      `Check the url and the proxy, because somebody else answered, perhaps a proxy or a login page${LATER}`,
  },
  timeout: {
    side: 'target',
    sentence: ({ dataSet, host }) => `${host} did not answer in time for data set ${dataSet}`,
    remedy: () => `Check that the write host can be reached, or raise the timeout${LATER}`,
  },
  'cut-off': {
    side: 'target',
    sentence: ({ dataSet, host }) => `The connection to ${host} broke while sending to data set ${dataSet}`,
    remedy: ({ host }) =>
      'Check the network and proxies on the way to the write ' +
      `host${host.startsWith('http:') ? '; if it speaks https, write https:// in the url' : ''}${LATER}`,
  },
  unreachable: {
    side: 'target',
    sentence: ({ dataSet, host }) => `${host} cannot be reached for data set ${dataSet}`,
    remedy: (_subject, { code }) =>
      NO_TLS.has(code) ? SPEAK_TLS : `Check the url, the network and the proxy${LATER}`,
  },
  'untrusted-certificate': {
    side: 'config',
    sentence: ({ host }) => `The certificate of ${host} is not trusted`,
    remedy: ({ host, caFile }, { code }) => certificateRemedy(code, host, caFile),
  },
  'wants-tls': {
    side: 'config',
    sentence: ({ host }) => `${host} speaks https, and was spoken to in the clear`,
    remedy: () => 'Write https:// in the url.',
  },
  'proxy-refused': {
    side: 'config',
    sentence: ({ host }) => `The proxy refused to pass on a request to ${host}`,
    remedy: ({ host }) => `Check the user name and password of the proxy, and that it allows ${host}.`,
  },
};

/** The error for a request that was not accepted in the end. */
export function writeApiErrorOf(last: SendResult, subject: Subject): WriteApiError {
  const { kind, status, messages, text } = last.outcome;
  if (kind === 'stored') throw new TypeError('a stored batch is not a failure');
  const { side, sentence, remedy } = EXPLANATIONS[kind];
  const reason = messages?.[0] ?? text;
  const what = last.hostDown
    ? standstill(last.hostDown, last.attempts, subject)
    : `${sentence(subject, last.outcome)}${persistence(last)}`;
  const message = `${what}${reason === '' ? '' : `: ${reason}`}`;
  const unansweredFor = side === 'target' ? (last.hostDown ?? last).elapsed : undefined;
  return new WriteApiError(message, {
    ...{ kind, side, remedy: remedy(subject, last.outcome), unansweredFor, status, messages },
  });
}

/** How often something was tried, as the end of a sentence. */
export function persistence({ attempts, elapsed }: SendResult): string {
  return attempts === 1 ? '' : `, the last of ${attempts} attempts within ${seconds(elapsed)}`;
}

function standstill({ failures, elapsed }: HostDown, attempts: number, { host, dataSet }: Subject): string {
  const tried =
    attempts === 0 ? 'were not sent' : `have been tried ${attempts} time${attempts > 1 ? 's' : ''}`;
  const down = `${host} has not answered any request well for ${seconds(elapsed)}, ${failures} failures in a row`;
  return `${down}; those for data set ${dataSet} ${tried}`;
}

const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1_000)} s`;
