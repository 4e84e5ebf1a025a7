/** `1,234,567`. By hand: for a number in words, `Intl` loads 7 MB of what it knows of all languages. */
export const grouped = (count: number): string => String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');

/** Of digits that are shown behind a point, where nobody looks at the last ones. */
const FEW_DIGITS = 3;

/**
 * A decimal text for people: `-1,234,567.891`, with at most three digits behind its point, or three that are no zeros.
 */
export function groupedDecimal(text: string): string {
  const [, minus = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const zeros = whole === '0' ? fraction.search(/[1-9]/) : 0;
  const shown = fraction.slice(0, Math.max(zeros, 0) + FEW_DIGITS).replace(/0+$/, '');
  return `${minus}${whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')}${shown === '' ? '' : `.${shown}`}`;
}

/** `1 record`, `1,234 records`, `${MOST} records` */
export const counted = (count: number | string, word: string): string =>
  `${typeof count === 'number' ? grouped(count) : count} ${word}${count === 1 ? '' : 's'}`;

/** `1.4 MB` */
export function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `a, b and c` */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

/** With a capital at its beginning. */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Letters alone: an address, a path, the name of a job or column with a mark in it, or what is quoted, is none. */
const WORD_AT_BEGINNING = /^\p{Ll}[\p{L}’']*(?=[\s,;]|:\s|$)/u;

/** Begun with a capital, where it begins with a word, and ended with a full stop, as a message becomes a sentence. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const begun = WORD_AT_BEGINNING.test(trimmed) ? capitalized(trimmed) : trimmed;
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
