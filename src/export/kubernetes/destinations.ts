import { isIP } from 'node:net';
import type { Finding, KeyPath } from '../../config/finding.ts';
import { parseLoginUrl } from '../../config/login-url.ts';
import type { DatabaseSection } from '../../config/schema/config-schema.ts';
import { Secret } from '../../config/secret.ts';
import { dialectOf } from '../../sources/dialects.ts';
import { type Exportable, refusedSetting } from '../exportable.ts';
import { sharingOf } from '../sharing.ts';

/** A server that the collector speaks to. */
export interface Destination {
  /** `the database benefits` */
  readonly what: string;
  readonly host: string;
  readonly port: number;
}

/** Those that the configuration names; what a pod cannot reach becomes a mistake. */
export function destinationsOf(
  exportable: Exportable,
  findings: Finding[],
  { servesItself }: { readonly servesItself: boolean },
): readonly Destination[] {
  const { config } = exportable;
  const refuse = (path: KeyPath, expected: string, got: string, suggestion: string) => {
    findings.push(
      refusedSetting(exportable, path, { message: `expected ${expected}, got ${got}`, suggestion }),
    );
    return [];
  };
  const reachable = (destination: Destination, path: KeyPath, remedy: string): readonly Destination[] =>
    isLoopback(destination.host)
      ? refuse(path, 'a host that a pod reaches', 'this machine, which in a pod is the pod itself', remedy)
      : [destination];
  const databases = Object.entries(config.databases).flatMap(([name, section]) => {
    const path = ['databases', name, 'connection'];
    const address = addressOf(section);
    const elsewhere = 'collect it on its own machine: export systemd, or export crontab';
    if (address === undefined)
      return refuse(path, 'a server that a pod reaches', 'a file of this machine', elsewhere);
    return reachable(
      { what: `the database ${name}`, ...address },
      path,
      'name the host as the cluster sees it',
    );
  });
  return [
    ...databases,
    ...stateHost(exportable, reachable),
    ...writeApiHosts(exportable, servesItself ? ['read_url'] : ['url', 'read_url'], reachable),
  ];
}

type Reachable = (destination: Destination, path: KeyPath, remedy: string) => readonly Destination[];

function stateHost({ config }: Exportable, reachable: Reachable): readonly Destination[] {
  const { url } = sharingOf(config);
  const { host = '', port = 5_432 } = url === undefined ? {} : hostOf(url);
  if (host === '') return [];
  return reachable(
    { what: 'the state', host, port },
    ['state', 'url'],
    'name the host as the cluster sees it',
  );
}

function writeApiHosts(
  { config: { write_api: settings } }: Exportable,
  keys: readonly (keyof typeof ADDRESSES)[],
  reachable: Reachable,
): readonly Destination[] {
  const addressed = keys.flatMap((key) => {
    const url = settings[key];
    return url === undefined ? [] : [{ key, url }];
  });
  if (addressed.length === 0) return [];
  if (settings.proxy !== undefined) {
    const proxy = parseLoginUrl(settings.proxy.reveal());
    if ('fault' in proxy) return [];
    const port = proxy.port ?? (proxy.protocol === 'https:' ? 443 : 80);
    const destination = { what: 'the proxy of the write API', host: proxy.host, port };
    return reachable(destination, ['write_api', 'proxy'], 'name the host as the cluster sees it');
  }
  return addressed.flatMap(({ key, url }) => {
    const { hostname, port, protocol } = new URL(url);
    const destination = {
      what: ADDRESSES[key],
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    };
    return reachable(
      destination,
      ['write_api', key],
      'name the host as the cluster sees it, or give --serve',
    );
  });
}

const ADDRESSES = { url: 'the write API', read_url: 'the read API' } as const;

export const isLoopback = (host: string): boolean =>
  host === 'localhost' ||
  host.endsWith('.localhost') ||
  host === '::1' ||
  (isIP(host) === 4 && host.startsWith('127.'));

/** Undefined: the database is a file, or is reached by one. */
function addressOf({ client, connection }: DatabaseSection): Omit<Destination, 'what'> | undefined {
  const { address } = dialectOf(client);
  if (address.kind === 'file') return undefined;
  const { host, port = address.port } = connection instanceof Secret ? hostOf(connection) : connection;
  if (host === undefined || address.socketPath(host, port) !== undefined) return undefined;
  return { host, port };
}

function hostOf(connection: Secret): { readonly host?: string; readonly port?: number | undefined } {
  const url = parseLoginUrl(connection.reveal());
  return 'fault' in url ? {} : url;
}
