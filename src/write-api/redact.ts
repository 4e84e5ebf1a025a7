import { SecretMask } from '../config/secret.ts';

const LONGEST_TEXT = 300;
const MASK = '<secret>';

const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

/** Makes a text that came from outside fit to be shown. */
export type Redactor = (text: string) => string;

/**
 * A redactor that masks the given secrets however they are spelled, in base64 too, and their beginnings, turns control
 * characters and line breaks into spaces and cuts to 300 characters, or to `longest`, in an order that cannot uncover a
 * secret again.
 */
export function createRedactor(secrets: readonly string[], longest = LONGEST_TEXT): Redactor {
  const longestFirst = secrets.filter((secret) => secret.trim() !== '').sort((a, b) => b.length - a.length);
  let pattern: RegExp | undefined;
  const others = new SecretMask(longestFirst);
  return (text) => {
    const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
    if (longestFirst.length === 0) return shorten(line, longest);
    pattern ??= new RegExp(longestFirst.map(spellings).join('|'), 'g');
    return shorten(others.mask(line.replace(pattern, MASK)), longest);
  };
}

/** Cuts to 300 characters, or to `longest`, never within one. */
export function shorten(text: string, longest = LONGEST_TEXT): string {
  const wellFormed = text.toWellFormed();
  if (wellFormed.length <= longest) return wellFormed;
  const start = wellFormed.slice(0, longest - 1);
  return `${start.isWellFormed() ? start : start.slice(0, -1)}…`;
}

/** A pattern for a secret of which any character may be escaped as in URLs, JSON, Python or HTML. */
function spellings(secret: string): string {
  return [...secret].map(spellingsOfCharacter).join('');
}

// Every repetition is bounded: the text may come from somebody who wants the search to take for ever.
function spellingsOfCharacter(character: string): string {
  // White space may have been collapsed together with its neighbours.
  if (character === ' ') return '(?: |%20|\\+|&#32;)?';
  const code = character.codePointAt(0) ?? 0;
  const hex = anyCase(code.toString(16));
  const entity = NAMED_ENTITIES[character];
  const forms = [
    `\\\\{0,4}${literal(character)}`,
    `\\\\{1,4}[xu]0{0,3}${hex}`,
    `&#0{0,6}${code};?`,
    `&#[xX]0{0,6}${hex};?`,
    percentEncoded(Buffer.from(character)),
    percentEncoded(Buffer.from(character, 'latin1')),
  ];
  return `(?:${[...forms, ...(entity ? [`&${entity};`] : [])].join('|')})`;
}

function literal(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

function percentEncoded(bytes: Buffer): string {
  return Array.from(bytes, (byte) => `%${anyCase(byte.toString(16).padStart(2, '0'))}`).join('');
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
