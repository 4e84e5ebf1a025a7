import type { KeyPath } from '../finding.ts';
import { parseLoginUrl } from '../login-url.ts';
import { nearestName } from '../nearest-name.ts';
import type { SourceFile } from './source-file.ts';

/** Which values messages keep to themselves, judged by their keys, because a wrong file has nothing else to go by. */

const SECRET_KEYS: readonly string[] = ['token', 'dashboards_token', 'password', 'proxy'];
const CONNECTION = 'connection';
const SECRET_WORDS = /pass|pwd|secret|token|auth|credential|api_?key|bearer/i;

/**
 * Whether the schema takes the value for a secret, or it is below one. The parts of a connection are not, its text is.
 */
export function isSecretPath(path: KeyPath): boolean {
  return (
    path.at(-1) === CONNECTION ||
    path.some((step) => SECRET_KEYS.includes(String(step))) ||
    (['storage', 'state'].includes(String(path[0])) && path[1] === 'url')
  );
}

/** The way as far as the key of a secret: keys below it, as in `token: {abc}`, may be the secret. */
export function pathToSecret(path: KeyPath): KeyPath {
  const secretIndex = path.findIndex((step) => SECRET_KEYS.includes(String(step)));
  return secretIndex === -1 ? path : path.slice(0, secretIndex + 1);
}

/** Whether the value is a secret or its key may be meant as one: excerpts leave it out. */
export function mayBeSecret(path: KeyPath): boolean {
  const key = path.findLast((step) => typeof step === 'string') ?? '';
  return isSecretPath(path) || SECRET_WORDS.test(key) || isNearSecretKey(key);
}

/** Keys that were asked about: all files have much the same ones. */
const nearness = new Map<string, boolean>();
const MOST_KEYS = 10_000;

function isNearSecretKey(key: string): boolean {
  const known = nearness.get(key) ?? nearestName(key, [...SECRET_KEYS, CONNECTION]) !== undefined;
  if (nearness.size < MOST_KEYS) nearness.set(key, known);
  return known;
}

/** Whether the whole value is a secret, whatever it looks like. */
export const isCredential = (path: KeyPath): boolean =>
  ['token', 'dashboards_token', 'password'].some((key) => path.includes(key));

/** What of a secret value must not be shown: of a URL its password, or its login where that cannot be told apart. */
export function secretsIn(path: KeyPath, value: string): readonly string[] {
  if (isCredential(path)) return [value];
  const url = parseLoginUrl(value);
  const login = value.slice(0, Math.max(0, value.lastIndexOf('@'))).replace(/^[^:]*:\/\//, '');
  const written = login.slice(login.indexOf(':') + 1);
  if ('fault' in url) return [written];
  return url.password === '' ? [] : [url.password, written];
}

/** Whether a text only says where the value is. */
export function isReference(text: unknown): boolean {
  return typeof text === 'string' && /^\$\{(?:[A-Za-z_]\w*|file:[^}]*)\}$/.test(text);
}

/** The first word of a key to which its secret was glued by a forgotten colon: `token abc`. */
export function gluedSecret(key: string): string | undefined {
  return [...SECRET_KEYS, CONNECTION].find(
    (word) => key.startsWith(word) && /^\W/.test(key.slice(word.length)),
  );
}

/** A value that ends in its line: neither a block nor a quote or bracket that is open. */
const WHOLE_VALUE = /^(?:[^\s"'|>{[&!].*|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')[\s,}\]]*(?:#.*)?$/;

/**
 * Hides from excerpts of a file that is not YAML, where nobody knows which values are secret, what follows a secret's
 * key: the rest of the line and the lines that are indented more, but for a line with a key of its own after a value
 * that is whole.
 */
export function hideSecretLines(file: SourceFile): void {
  const words = new RegExp(
    `(?:${[...SECRET_KEYS, CONNECTION].join('|')}|${SECRET_WORDS.source})[\\w-]*["']?\\s*:?\\s*`,
    'i',
  );
  let depth = Number.POSITIVE_INFINITY;
  let isWhole = false;
  for (let line = 1, span = file.line(line); span !== undefined; line++, span = file.line(line)) {
    const text = file.text.slice(...span);
    const key = words.exec(text);
    const indentation = text.search(/[^ ]/);
    const isBelow = indentation === -1 || indentation > depth || text.startsWith('\t');
    const isNextKey = isWhole && /^\s*[\w-]+:(?:\s|$)/.test(text);
    if (isBelow && !isNextKey && depth !== Number.POSITIVE_INFINITY) file.secretSpans.push(span);
    else if (key === null) depth = Number.POSITIVE_INFINITY;
    else {
      depth = indentation;
      isWhole = WHOLE_VALUE.test(text.slice(key.index + key[0].length));
      file.secretSpans.push([span[0] + key.index + key[0].length, span[1]]);
    }
  }
}
