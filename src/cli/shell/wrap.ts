import { stripVTControlCharacters } from 'node:util';
import { widthOf } from './text-width.ts';

/** Lines of files with carets below them, of JSON, and commands that somebody copies. */
const AS_IT_IS = /^ *\d* \| |^ +["{}[\]]|^ *(?:→ )?pp-db-collector /;
/** What stands before the text of a line: blanks, and a sign or a name with two blanks behind it. */
const BEFORE_TEXT = /^( *)(?:[→✓✗!–-] +|\S.*? {2,})?/;
/** Words with the blanks before them; what stands between backticks is copied whole. */
const WORDS = /\s*(?:[^\s`]*`[^`]*`\S*|\S+)/g;

/**
 * Prose for a terminal: lines that are longer than it is wide are broken at blanks, and go on below where their text
 * begins.
 *
 * @param columns of the terminal; left out: nobody knows, and each line stays one
 */
export function wrapped(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  return text
    .split('\n')
    .map((line) => (widthOf(line) <= columns ? line : wrappedLine(line, columns)))
    .join('\n');
}

function wrappedLine(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  if (AS_IT_IS.test(plain)) return line;
  const indent = indentOf(plain, columns);
  const lines: string[] = [];
  let [last, width] = ['', 0];
  for (const word of wordsOf(line, columns - indent)) {
    const needed = widthOf(word);
    if (width > indent && width + needed > columns) {
      lines.push(last);
      last = `${' '.repeat(indent)}${word.trimStart()}`;
      width = widthOf(last);
    } else {
      last += word;
      width += needed;
    }
  }
  return [...lines, last].join('\n');
}

/** Code that no line has room for is broken like all else. */
const wordsOf = (line: string, room: number): string[] =>
  (line.match(WORDS) ?? []).flatMap((word) =>
    widthOf(word.trimStart()) > room ? (word.match(/\s*\S+/g) ?? []) : [word],
  );

/** Where a name leaves too little room beside it, the text goes on below the name. */
function indentOf(line: string, columns: number): number {
  const [before = '', blanks = ''] = BEFORE_TEXT.exec(line) ?? [];
  const width = widthOf(before);
  return width <= columns / 3 ? width : Math.min(blanks.length + 2, Math.floor(columns / 3));
}
