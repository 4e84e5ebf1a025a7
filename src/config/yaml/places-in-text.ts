import type { Place } from '../finding.ts';
import type { ScalarTree } from './tree.ts';

type Text = ScalarTree & { readonly value: string };
type Span = readonly [start: number, end: number];

/** A piece of a file and what it stands for in the text. */
interface Written {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Where the characters of a text stand in its file. YAML may have folded lines, taken indentation away and read escapes;
 * whatever it did to blanks and line breaks, all other characters are those of the file in the same order.
 */
export class PlacesInText {
  readonly #text: Text;
  #spans: readonly (Span | undefined)[] | undefined;

  constructor(text: Text) {
    this.#text = text;
  }

  /**
   * The place of a piece of the text, which for a blank is behind what comes before it.
   *
   * @param start UTF-16 offset @param end of its last character, excluded
   * @returns undefined where the text does not stand there as it is, as that of an alias
   */
  find(start: number, end: number): Place | undefined {
    const { value, place } = this.#text;
    const { file } = place;
    this.#spans ??= spansOf(this.#text);
    if (this.#spans.length < value.trimEnd().length) return undefined;
    const first = this.#spans[start];
    if (first === undefined) {
      const before = this.#spans.slice(0, start).findLast((span) => span !== undefined);
      return before && { file, start: before[1], end: before[1] };
    }
    const last = this.#spans.slice(start, end).findLast((span) => span !== undefined) ?? first;
    return { file, start: first[0], end: last[1] };
  }
}

const isBlank = (character: string | undefined) => character !== undefined && /\s/.test(character);

/** By offset in the text; undefined for blanks. Ends where file and text differ. */
function spansOf({ value, place }: Text): (Span | undefined)[] {
  const spans: (Span | undefined)[] = [];
  for (const { text, start, end } of charactersOf(value, place)) {
    for (const character of text.split('')) {
      if (isBlank(character)) continue;
      while (isBlank(value[spans.length])) spans.push(undefined);
      if (value[spans.length] !== character) return spans;
      spans.push([start, end]);
    }
  }
  return spans;
}

/** The file's text as the kind of scalar reads it, character by character. */
function charactersOf(value: string, { file, start, end }: Place): Iterable<Written> {
  if (start === 0 && value === file.text) return pieces(file.text, 0, end, ANY);
  switch (file.text[start]) {
    case '|':
    case '>':
      return pieces(file.text, file.text.indexOf('\n', start) + 1, end, ANY);
    case "'":
      return pieces(file.text, start + 1, end - 1, SINGLE_QUOTED, () => "'");
    case '"':
      return pieces(file.text, start + 1, end - 1, DOUBLE_QUOTED, unescaped);
    default:
      return pieces(file.text, start, end, ANY);
  }
}

const ANY = /[\s\S]/g;
const SINGLE_QUOTED = /''|[\s\S]/g;
const DOUBLE_QUOTED = /\\(?:x[\dA-Fa-f]{2}|u[\dA-Fa-f]{4}|U[\dA-Fa-f]{8}|[\s\S])|[\s\S]/g;

function* pieces(
  text: string,
  from: number,
  to: number,
  pattern: RegExp,
  read: (piece: string) => string = (piece) => piece,
): Generator<Written> {
  for (const { 0: piece, index } of text.slice(from, to).matchAll(pattern)) {
    const start = from + index;
    yield { text: piece.length === 1 ? piece : read(piece), start, end: start + piece.length };
  }
}

/** Those of YAML that stand for no blank and not for themselves. */
const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  N: '\x85',
  ...Object.fromEntries(Array.from('nrtv_LP', (blank) => [blank, ' '])),
};

function unescaped(written: string): string {
  const [, letter = '', digits] = /^\\([\s\S])(.*)$/.exec(written) ?? [];
  if (digits !== '' && digits !== undefined) return String.fromCodePoint(Number.parseInt(digits, 16));
  return ESCAPES[letter] ?? letter;
}
