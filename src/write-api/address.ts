import { BlockList, isIP } from 'node:net';
import { parseLoginUrl } from '../config/login-url.ts';
import { WriteApiError } from './write-api-error.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** The host of a URL as sockets take it: IPv6 addresses without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

export function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}

/** Whether what is sent to this host stays on this machine. */
export function isLoopback(url: URL): boolean {
  const host = hostOf(url);
  const family = isIP(host);
  if (family === 0) return host === 'localhost' || host.endsWith('.localhost');
  return LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

function invalid(message: string, remedy: string): WriteApiError {
  return new WriteApiError(message, { kind: 'invalid-options', side: 'config', remedy });
}

const EXAMPLE = 'Give an address such as https://www.performance.service.gov.uk.';

/**
 * The address of the write API, checked; its path may be a prefix. Throws a WriteApiError for what is
 * not an http or https address, and for http:// to other machines unless `allowPlainHttp`.
 */
export function parseAddress(text: string, allowPlainHttp: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid('The url of the write API is not an http or https address.', EXAMPLE);
  }
  // The text itself is not shown: it may hold a password.
  if (url.username !== '' || url.password !== '') {
    throw invalid(
      'The url of the write API holds a user name or password.',
      'Leave them out, as in https://www.performance.service.gov.uk.',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw invalid('The url of the write API has a query or fragment.', EXAMPLE);
  }
  if (url.protocol === 'http:' && !isLoopback(url) && !allowPlainHttp) {
    throw invalid(
      `The url of the write API, ${url.origin}, would send tokens in the clear.`,
      'Use https://, or set allow_plain_http: true if nobody can listen in between.',
    );
  }
  return url;
}

/** A proxy, checked: where it listens and what its `Proxy-Authorization` is. */
export interface ProxyServer {
  readonly url: URL;
  readonly authorization?: string;
  /** What must never be shown. */
  readonly secrets: readonly string[];
}

/**
 * Reads `http://[user:password@]host[:port]`. Throws a WriteApiError for anything else.
 * @param what the subject of the message
 */
export function parseProxyAddress(text: string, what = 'The proxy'): ProxyServer {
  const parsed = parseLoginUrl(text);
  const isFault = 'fault' in parsed;
  const { protocol, host, port = 80, path, user = '', password = '' } = isFault ? {} : parsed;
  const url = URL.parse(`http://${isIP(host ?? '') === 6 ? `[${host}]` : host}:${port}`);
  if (protocol !== 'http:' || host === '' || path !== '' || url === null) {
    const { suggestion = 'percent-encode special characters of the user name and the password' } = isFault
      ? parsed
      : {};
    throw invalid(
      `${what} is not an address of the form http://user:password@host:port.`,
      `Write it in that form; ${suggestion}.`,
    );
  }
  if (user === '' && password === '') return { url, secrets: [] };
  const encoded = Buffer.from(`${user}:${password}`).toString('base64');
  return { url, authorization: `Basic ${encoded}`, secrets: [password, encoded] };
}

/**
 * The same for a target. Throws a WriteApiError, too, for a proxy on another machine that would be sent a plain http://
 * target's tokens, unless `allowPlainHttp`.
 */
export function parseProxy(text: string, target: URL, allowPlainHttp: boolean): ProxyServer {
  const proxy = parseProxyAddress(text);
  if (target.protocol === 'http:' && !isLoopback(proxy.url) && !allowPlainHttp) {
    throw invalid(
      `The proxy ${proxy.url.host} would be sent tokens in the clear, because the url is ${target.origin}.`,
      'Use https://, or leave the proxy out.',
    );
  }
  return proxy;
}
