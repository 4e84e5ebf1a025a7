import { resolve } from 'node:path';
import type { Complaint } from '../finding.ts';
import { readSecretFile, UnreadableFile } from './source-file.ts';

/** Where the values of `${…}` come from. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder of the file that is read; `${file:…}` is relative to it. */
  readonly folder: string;
  /** Takes the secrets that are met, for messages that may repeat them elsewhere; left out: nobody does. */
  readonly secrets?: Set<string>;
  /** Stands for a token or a password that is not there; left out: that is a mistake. */
  readonly standIn?: string;
}

/** What a `${…}` names. */
export type Reference =
  | {
      readonly kind: 'variable';
      readonly name: string;
      /** Whether something stands for it where it is not set. */
      readonly isOptional: boolean;
      /** That; left out: nothing is written there. */
      readonly otherwise?: string;
    }
  /** @property path as it is written */
  | { readonly kind: 'file'; readonly path: string };

/** A text with its `${…}` filled in. */
export interface Expansion {
  readonly text: string;
  /** What the text was taken from, e.g. `${PORT}`. */
  readonly from: readonly string[];
  /** The same for programs. */
  readonly references: readonly Reference[];
  /** The text with the names of variables and files in the places of what they hold: `Visits of ${TEAM}`. */
  readonly shown: string;
  /** Whether the text is one `${…}` and nothing else. */
  readonly whole: boolean;
  /** Reads the files in it again; undefined when there are none. */
  readonly readAgain: (() => string) | undefined;
}

type Part = string | (() => string);

const REFERENCE = /\$\$\{|\$\{([^}]*)\}?/g;
const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:-|:\?)([\s\S]*))?$/;

/** Fills in `${NAME}`, `${NAME:-default}`, `${NAME:?message}` and `${file:PATH}`; `$${` stands for `${`. */
export function expand(raw: string, surroundings: Surroundings): Expansion | Complaint {
  const parts: Part[] = [];
  const from: string[] = [];
  const references: Reference[] = [];
  let shown = '';
  let end = 0;
  for (const match of raw.matchAll(REFERENCE)) {
    parts.push(raw.slice(end, match.index));
    shown += raw.slice(end, match.index);
    end = match.index + match[0].length;
    const part = match[1] === undefined ? '${' : readReference(match[0], match[1], surroundings);
    if (typeof part === 'object') return part;
    parts.push(part);
    if (match[1] !== undefined) {
      from.push(nameOf(match[1]));
      references.push(referenceOf(match[1]));
    }
    shown += match[1] === undefined ? '${' : nameOf(match[1]);
  }
  parts.push(raw.slice(end));
  return assemble(parts, { from, references, shown: shown + raw.slice(end) });
}

function assemble(
  parts: readonly Part[],
  origin: Pick<Expansion, 'from' | 'references' | 'shown'>,
): Expansion | Complaint {
  const { from } = origin;
  const textOfParts = () => parts.map((part) => (typeof part === 'string' ? part : part())).join('');
  try {
    const literal = parts.filter((_, index) => index % 2 === 0).join('');
    const readAgain = parts.some((part) => typeof part === 'function') ? textOfParts : undefined;
    return {
      ...origin,
      text: textOfParts(),
      whole: from.length === 1 && parts.length === 3 && literal === '',
      readAgain,
    };
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return {
      code: 'unreadable-file',
      message: `expected a readable file for ${from.join(', ')}, got ${error.reason}`,
    };
  }
}

function readReference(written: string, inside: string, surroundings: Surroundings): Part | Complaint {
  if (!written.endsWith('}') || inside.includes('${')) return malformed;
  if (inside.startsWith('file:')) {
    const path = inside.slice('file:'.length);
    if (path === '') return malformed;
    const read = () => readSecretFile(resolve(surroundings.folder, path));
    const { standIn } = surroundings;
    return standIn === undefined ? read : () => readOr(read, standIn);
  }
  const [, name, operator, rest = ''] = VARIABLE.exec(inside) ?? [];
  return name === undefined ? malformed : readVariable(name, operator, rest, surroundings);
}

function readOr(read: () => string, standIn: string): string {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return standIn;
  }
}

const malformed: Complaint = {
  code: 'bad-expansion',
  message: 'expected ${NAME}, ${NAME:-default}, ${NAME:?message} or ${file:PATH}, got another text after ${',
  suggestion: 'write $${ for a ${ that is meant as it stands',
};

function readVariable(
  name: string,
  operator: string | undefined,
  rest: string,
  { environment, standIn }: Surroundings,
): string | Complaint {
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (operator === undefined && value !== undefined) return value;
  if (operator !== undefined && value !== undefined && value !== '') return value;
  if (operator === ':-') return rest;
  if (standIn !== undefined) return standIn;
  return {
    code: 'unset-variable',
    message: `expected the environment variable ${name} to be set, got nothing`,
    suggestion: rest === '' ? 'set it, or write it into .env beside the configuration' : rest,
  };
}

/** What messages call the origin of a value: without a default, which may be a secret. */
function nameOf(inside: string): string {
  return `\${${inside.startsWith('file:') ? inside : inside.replace(/:[-?][\s\S]*$/, '')}}`;
}

function referenceOf(inside: string): Reference {
  if (inside.startsWith('file:')) return { kind: 'file', path: inside.slice('file:'.length) };
  const [, name = '', operator, rest = ''] = VARIABLE.exec(inside) ?? [];
  if (operator !== ':-') return { kind: 'variable', name, isOptional: false };
  return { kind: 'variable', name, isOptional: true, ...(rest !== '' && { otherwise: rest }) };
}
