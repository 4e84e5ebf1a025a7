import type { Footer } from '../../observe/line-writer.ts';
import type { ScreenSize, Terminal } from './terminal.ts';
import { cut, widthOf } from './text-width.ts';

/** The cursor to the beginning of the line that is so many above. */
const upBy = (rows: number): string => `\u001b[${rows}F`;
const CLEAR_FROM_HERE = '\u001b[J';

export interface LiveLine {
  readonly text: string;
  readonly style?: Parameters<Terminal['tellStyle']>[0] | undefined;
}

/** Lines at the foot of a terminal that are drawn again in their place, each cut to its width. */
export class LiveLines implements Footer {
  readonly #lines: (size: ScreenSize) => readonly LiveLine[];
  readonly #terminal: Pick<Terminal, 'tellSize' | 'tellStyle'>;
  /** The columns of each line that is on the screen. */
  #drawn: readonly number[] = [];

  /** @param lines what is to be seen now, on a terminal of this size */
  constructor(
    lines: (size: ScreenSize) => readonly LiveLine[],
    terminal: Pick<Terminal, 'tellSize' | 'tellStyle'>,
  ) {
    this.#lines = lines;
    this.#terminal = terminal;
  }

  erase(): string {
    // A terminal that has become narrower has broken the lines.
    const { columns } = this.#terminal.tellSize();
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    this.#drawn = [];
    return rows === 0 ? '' : `${upBy(rows)}${CLEAR_FROM_HERE}`;
  }

  draw(): string {
    const size = this.#terminal.tellSize();
    const lines = this.#lines(size).map(({ text, style }) => ({
      text: cut(text, size.columns - 1, ''),
      style,
    }));
    this.#drawn = lines.map(({ text }) => widthOf(text));
    return lines
      .map(({ text, style }) => `${style === undefined ? text : this.#terminal.tellStyle(style, text)}\n`)
      .join('');
  }
}
