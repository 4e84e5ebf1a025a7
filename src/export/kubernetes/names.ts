import { createHash } from 'node:crypto';

/** Names as Kubernetes takes them. */

const HASH_LENGTH = 8;

/** What `--namespace` may be. */
export const isDnsLabel = (text: string): boolean => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text);

/**
 * A name of small letters, digits and hyphens that is different for different texts of these. What is too long, or ends
 * in a hyphen, gets a part of its hash.
 */
export function dnsLabel(text: string, longest = 63): string {
  if (text.length <= longest && !text.endsWith('-')) return text;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
  return `${text.slice(0, longest - HASH_LENGTH - 1).replace(/-+$/, '')}-${hash}`;
}

const LONGEST_KEY = 253;

/** Gives paths the keys under which a ConfigMap or a Secret holds them: each another one, whatever the paths are. */
export class Keys {
  readonly #taken: Set<string>;

  constructor(taken: readonly string[] = []) {
    this.#taken = new Set(taken);
  }

  /** @param wishes the first that nobody has is taken */
  take(...wishes: readonly string[]): string {
    const names = wishes.map((wish) =>
      wish
        .replace(/^\/+/, '')
        .replaceAll('/', '.')
        .replace(/[^\w.-]/g, '_'),
    );
    const free = names.find((name) => this.#isFree(name)) ?? this.#numbered(names.at(-1) ?? '');
    this.#taken.add(free);
    return free;
  }

  #isFree(name: string): boolean {
    const isKey = name.length <= LONGEST_KEY && name !== '' && name !== '.' && !name.startsWith('..');
    return isKey && !this.#taken.has(name);
  }

  #numbered(name: string): string {
    const stem = name.replace(/^\.+/, '').slice(-LONGEST_KEY + 10);
    for (let number = 2; ; number++) if (this.#isFree(`${number}-${stem}`)) return `${number}-${stem}`;
  }
}
