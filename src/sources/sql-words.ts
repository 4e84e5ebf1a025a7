import { type SqlSyntax, sqlTokens } from './sql-tokens.ts';

/** A token of a query that means something, with the number of parentheses around it. */
export interface Word {
  /** As written. */
  readonly text: string;
  /** In lower case; names without their quotes. */
  readonly name: string;
  readonly isQuoted: boolean;
  readonly depth: number;
}

/** The tokens of a query but for blanks and comments. A parenthesis has the depth of what stands around it. */
export function wordsOf(sql: string, syntax: SqlSyntax): Word[] {
  const words: Word[] = [];
  let depth = 0;
  for (const { kind, start, end } of sqlTokens(sql, syntax)) {
    if (kind === 'blank' || kind === 'comment' || kind === 'separator') continue;
    const text = sql.slice(start, end);
    if (kind === 'code' && text === ')') depth--;
    const isQuoted = kind === 'quoted';
    words.push({ text, name: (isQuoted ? unquoted(text) : text).toLowerCase(), isQuoted, depth });
    if (kind === 'code' && text === '(') depth++;
  }
  return words;
}

const unquoted = (text: string): string => (/^["`[]/.test(text) ? text.slice(1, -1) : text);

/** Whether a word can be the name of a column or a table. */
export const isName = ({ text, isQuoted }: Word): boolean =>
  isQuoted ? /^["`[]/.test(text) : /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(text);

/** Cuts a list at the commas that stand in no parentheses of their own. */
export function itemsOf(words: readonly Word[]): Word[][] {
  const depth = Math.min(...words.map((word) => word.depth));
  const items: Word[][] = [[]];
  for (const word of words) {
    if (word.text === ',' && word.depth === depth) items.push([]);
    else items.at(-1)?.push(word);
  }
  return items.filter((item) => item.length > 0);
}

/** The words joined again, as a person would write them. */
export const joined = (words: readonly Word[]): string =>
  words
    .map(({ text }) => text)
    .join(' ')
    .replace(/ ?(::|\.) ?/g, '$1')
    .replace(/ (?=[(),])|(?<=\() /g, '');
