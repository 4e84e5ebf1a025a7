import { inspect } from 'node:util';

const MASK = '<secret>';

/**
 * A value that must never be printed: every way of turning it into text gives `<secret>`.
 * `reveal` reads it anew each time, so that a token in a file can be rotated without a restart.
 */
export class Secret {
  readonly #read: () => string;

  constructor(read: () => string) {
    this.#read = read;
  }

  /** The value itself. Throws what `read` throws, e.g. when the file that holds it is gone. */
  reveal(): string {
    return this.#read();
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** Characters of a secret, from its first on, that give it away. */
const TELLING = 12;
/** As many of its base64 as hold those. */
const TELLING_BASE64 = 16;
const KEY_LENGTH = 3;

/** A spelling of a secret, and how much of its beginning must not be shown. */
interface Spelling {
  readonly text: string;
  readonly telling: number;
}

/**
 * Leaves secrets out of texts: as they are, percent-encoded, escaped as in JSON, in base64 (also behind a user name, as
 * in Basic authentication), and what begins with 12 characters of one. It takes time with the length of a text, not
 * with the number of secrets.
 */
export class SecretMask {
  /** By their first characters. */
  readonly #spellings = new Map<string, Spelling[]>();

  constructor(secrets: Iterable<string>) {
    for (const secret of new Set(secrets)) {
      if (secret.length < KEY_LENGTH) continue;
      for (const spelling of new Set(spellingsOf(secret))) this.#add(spelling, TELLING);
      for (const spelling of new Set(base64Of(secret))) this.#add(spelling, TELLING_BASE64);
    }
  }

  mask(text: string): string {
    let [masked, end] = ['', 0];
    for (let at = 0; at + KEY_LENGTH <= text.length; ) {
      const length = this.#lengthAt(text, at);
      if (length > 0) {
        masked += `${text.slice(end, at)}${MASK}`;
        end = at + length;
      }
      at += Math.max(length, 1);
    }
    return masked + text.slice(end);
  }

  #add(text: string, telling: number): void {
    if (text.length < KEY_LENGTH) return;
    const key = text.slice(0, KEY_LENGTH);
    const known = this.#spellings.get(key) ?? [];
    known.push({ text, telling: Math.min(telling, text.length) });
    this.#spellings.set(key, known);
  }

  /** How many characters from there on belong to a secret. */
  #lengthAt(text: string, at: number): number {
    const candidates = this.#spellings.get(text.slice(at, at + KEY_LENGTH)) ?? [];
    return candidates.reduce((longest, { text: spelling, telling }) => {
      let common = KEY_LENGTH;
      while (common < spelling.length && text[at + common] === spelling[common]) common++;
      return common >= telling ? Math.max(longest, common) : longest;
    }, 0);
  }
}

const spellingsOf = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret.toWellFormed()),
  JSON.stringify(secret).slice(1, -1),
];

/**
 * By each of the three ways in which other bytes may stand before it; characters that depend on its neighbours left
 * out.
 */
function base64Of(secret: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const whole = Math.floor((bytes.length * 8) / 6);
    const text = bytes.toString('base64').slice(Math.ceil((before * 8) / 6), whole);
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
