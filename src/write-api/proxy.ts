import { BlockList, isIP } from 'node:net';
import { hostOf, isLoopback, parseProxyAddress, portOf } from './address.ts';

/** The variables that name proxies; each may be written in lower case too, which then wins. */
export interface ProxyEnvironment {
  readonly [name: string]: string | undefined;
}

/**
 * The proxy that the environment names for an address: `HTTPS_PROXY` or `HTTP_PROXY` unless `NO_PROXY`
 * lists the host. `NO_PROXY` holds `*`, hosts (which include their subdomains), IP addresses and
 * ranges such as `10.0.0.0/8`, each with a port or without. Loopback addresses never go by a proxy.
 * Throws a WriteApiError that names the variable for what is not the address of a proxy.
 */
export function proxyFor(url: string, environment: ProxyEnvironment): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const target = new URL(url);
  const variable = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = read(environment, variable);
  if (proxy === '' || isLoopback(target)) return undefined;
  const exceptions = read(environment, 'NO_PROXY').split(/[\s,]+/);
  if (exceptions.some((exception) => matches(exception, target))) return undefined;
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  parseProxyAddress(address, `The proxy in the environment variable ${variable}`);
  return address;
}

function read(environment: ProxyEnvironment, name: string): string {
  return (environment[name.toLowerCase()] || environment[name] || '').trim();
}

function matches(exception: string, target: URL): boolean {
  if (exception === '*') return true;
  const { host, port } = splitPort(exception.toLowerCase());
  if (host === '' || (port !== undefined && port !== portOf(target))) return false;
  const targetHost = hostOf(target).replace(/\.$/, '');
  if (isIP(targetHost) !== 0) return matchesAddress(host, targetHost);
  const domain = host.replace(/^\*?\./, '').replace(/\.$/, '');
  return targetHost === domain || targetHost.endsWith(`.${domain}`);
}

function splitPort(exception: string): { host: string; port?: number } {
  if (isIP(exception) !== 0) return { host: exception };
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|(.*?))(?::(\d+))?$/.exec(exception) ?? [];
  const host = bracketed ?? plain ?? '';
  return port === undefined ? { host } : { host, port: Number(port) };
}

function matchesAddress(exception: string, address: string): boolean {
  const [network = '', prefix] = exception.split('/');
  const family = isIP(network);
  if (family === 0 || family !== isIP(address)) return false;
  const longest = family === 4 ? 32 : 128;
  const length = prefix === undefined ? longest : Number(prefix);
  if (!Number.isInteger(length) || length < 0 || length > longest) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const range = new BlockList();
  range.addSubnet(network, length, type);
  return range.check(address, type);
}
