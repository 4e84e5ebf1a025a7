import { type Finding, findingOfFile } from '../finding.ts';
import { nearestName } from '../nearest-name.ts';
import type { SourceFile } from './source-file.ts';
import type { ParsedFile } from './yaml-tree.ts';

/** A kind of configuration file. */
export interface KindOfFile {
  /** What the file is, to follow "expected": `a job file`. */
  readonly name: string;
  /** Its keys of the top level. */
  readonly keys: readonly string[];
}

/**
 * What was read of a file that is one of ours: one in which a key of its kind can be seen, or nothing at all. Of any other
 * file, which somebody may have named or linked by mistake or with intent, not a word is repeated.
 */
export function ownFile(file: SourceFile, parsed: ParsedFile, kind: KindOfFile): ParsedFile {
  return isOurs(file, parsed, kind) ? parsed : { tree: undefined, findings: [foreign(file, kind)] };
}

function isOurs({ text }: SourceFile, { tree }: ParsedFile, { keys }: KindOfFile): boolean {
  if (tree?.kind !== 'mapping') return isEmpty(text) || hasLineOf(text, keys);
  const written = [...tree.entries.keys()];
  return written.length === 0 || written.some((key) => isKey(key, keys));
}

/** But for comments. */
const isEmpty = (text: string): boolean => text.split('\n').every((line) => /^\s*(?:#|$)/.test(line));

/** Whether it is a key of ours, perhaps mistyped, or one with what should stand behind it: `token abc`. */
function isKey(key: string, keys: readonly string[]): boolean {
  const [word] = /^\w+(?=\s|$)/.exec(key) ?? [];
  return key === '<<' || (word !== undefined && nearestName(word, keys) !== undefined);
}

const hasLineOf = (text: string, keys: readonly string[]): boolean =>
  new RegExp(`^[\\s{,-]*["']?(?:${keys.join('|')})["']?\\s*:(?:\\s|$)`, 'm').test(text);

function foreign({ shown }: SourceFile, { name, keys }: KindOfFile): Finding {
  return findingOfFile(shown, {
    code: 'missing-key',
    message: `expected ${name}, got a file without any of its keys`,
    suggestion: `known are: ${keys.join(', ')}`,
  });
}
