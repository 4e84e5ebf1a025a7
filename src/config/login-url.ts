/** A URL that says where a server is and who logs in: `scheme://user:password@host:port/path?parameters`. */
export interface LoginUrl {
  /** In small letters, with its colon: `postgres:`. */
  readonly protocol: string;
  /** Decoded; empty when the URL has none. */
  readonly user: string;
  readonly password: string;
  /** Decoded, IPv6 addresses without brackets; empty when the URL has none. */
  readonly host: string;
  readonly port: number | undefined;
  /** Decoded, without its first slash. */
  readonly path: string;
  readonly parameters: URLSearchParams;
  /** The same URL with every special character of the user name and the password percent-encoded. */
  readonly encoded: string;
}

/** Why a text is no such URL, told without any part of it. */
export interface UrlFault {
  /** What should stand there, to follow "expected". */
  readonly fault: string;
  /** What to write instead, as a clause. */
  readonly suggestion?: string;
}

const SCHEME = /^([a-z][a-z0-9+.-]*:)\/\/(.*)$/is;
/** Everything after the user name and the password. */
const PLACE = /^(\[[\da-f:.]+\]|[^\s[\]/?#:\\^|<>`"{}]*)(?::(\d*))?(?:\/([^?]*))?(?:\?(.*))?$/is;
const GREATEST_PORT = 65_535;

/**
 * Reads a URL with a user name and a password that may hold every character but `/`, `?`, `#` and a `%` that begins no
 * escape; these are faults. Parsers of URLs take such passwords for hosts, ports and parameters, which messages show.
 */
export function parseLoginUrl(text: string): LoginUrl | UrlFault {
  const [, scheme, rest = ''] = SCHEME.exec(text.trim()) ?? [];
  if (scheme === undefined) return { fault: 'a URL' };
  const at = rest.lastIndexOf('@');
  const login = at === -1 ? '' : rest.slice(0, at);
  const misplaced = [...new Set(login.match(/[/?#]/g) ?? []), ...(isEscaped(login) ? [] : ['%'])];
  if (misplaced.length > 0) return unencoded(misplaced, login.split(/[/?#]/, 1)[0]?.includes('@') === true);
  const place = rest.slice(at + 1);
  const [, host, port = '', path = '', parameters = ''] = PLACE.exec(place) ?? [];
  if (place.includes('#')) return { fault: 'a URL without #', suggestion: 'write # as %23' };
  if (host === undefined || Number(port) > GREATEST_PORT || !isEscaped(host))
    return { fault: 'a URL with a host, and maybe a port, after its // or @' };
  if (!isEscaped(path)) return unencoded(['%'], false);
  const colon = `${login}:`.indexOf(':');
  const [user, password] = [login.slice(0, colon), login.slice(colon + 1)].map(decodeURIComponent);
  const credentials = [user, password].map((part = '') => encodeURIComponent(part)).join(':');
  return {
    protocol: scheme.toLowerCase(),
    user: user ?? '',
    password: password ?? '',
    host: decodeURIComponent(host).replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? undefined : Number(port),
    path: decodeURIComponent(path),
    parameters: new URLSearchParams(parameters),
    encoded: `${scheme}//${at === -1 ? '' : `${credentials.replace(/:$/, '')}@`}${place}`,
  };
}

/**
 * @param isDouble whether an @ stands before the misplaced characters, too: then the last one may not end the password
 */
function unencoded(characters: readonly string[], isDouble: boolean): UrlFault {
  const advice = characters.map((each) => `${each} as ${encodeURIComponent(each)}`).join(', ');
  return {
    fault: 'a URL with the special characters of its user name and password percent-encoded',
    suggestion: `write ${advice}${isDouble ? ', or an @ after the host as %40' : ''}`,
  };
}

function isEscaped(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
