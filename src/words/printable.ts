/**
 * The text with characters that do not print as JSON writes them, so that what a database or a server sent moves no
 * cursor and paints nothing. Line breaks stay.
 */
export const printable = (text: string): string =>
  text.replaceAll(/(?!\n)\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));

/** The same in one line. */
export const inOneLine = (text: string): string => printable(text.replaceAll(/\s*\n\s*/g, ' '));
