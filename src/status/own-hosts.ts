import { BlockList, isIP } from 'node:net';
import { HttpError } from '../http/http-error.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
const EVERYWHERE: readonly string[] = ['0.0.0.0', '::'];

/**
 * The names by which the status page may be asked for. A page of another site can have its own name lead to this
 * machine (DNS rebinding), and read what a browser beside it may read; such a request carries that name.
 */
export class OwnHosts {
  readonly #listen: string;
  readonly #allowed: ReadonlySet<string>;

  /** @param listen the address or name that is listened at @param allowed further names, without ports */
  constructor(listen: string, allowed: readonly string[]) {
    this.#listen = nameIn(listen) ?? listen;
    this.#allowed = new Set(allowed.map((name) => nameIn(name) ?? name));
  }

  /**
   * Throws an HttpError unless the header `Host` has one of the names; ports are not compared.
   *
   * @param target what the request asks for: where it is a whole address, the name in that counts, too
   */
  require(host: string | undefined, target = '/'): void {
    const nameInTarget = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(target)?.[1];
    if (this.#isOwn(host) && (nameInTarget === undefined || this.#isOwn(nameInTarget))) return;
    throw new HttpError(
      421,
      'This is not a name of the status page. Add it to http.allowed_hosts in config.yaml, or set http.token.',
    );
  }

  #isOwn(host: string | undefined): boolean {
    const name = nameIn(host ?? '');
    return name !== undefined && (name === this.#listen || this.#allowed.has(name) || this.#isLocal(name));
  }

  /**
   * Names of this machine itself. Where all addresses are listened at, any address will do: only names can be
   * rebound.
   */
  #isLocal(name: string): boolean {
    const isEverywhere = EVERYWHERE.includes(this.#listen);
    if (isEverywhere && isIP(name) !== 0) return true;
    return (isEverywhere || isLoopback(this.#listen)) && isLoopback(name);
  }
}

function isLoopback(name: string): boolean {
  const family = isIP(name);
  return family === 0 ? name === 'localhost' : LOOPBACK.check(name, family === 4 ? 'ipv4' : 'ipv6');
}

/** In small letters, without port, brackets and the dot at its end; undefined for what is no host. */
function nameIn(host: string): string | undefined {
  if (isIP(host) === 6) return host.toLowerCase();
  const [, ipv6, name] = /^(?:\[([\da-f:.]+)\]|([^\s:/@[\]]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (ipv6 ?? name?.replace(/\.$/, ''))?.toLowerCase();
}
