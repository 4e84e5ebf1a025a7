import { expect, test } from 'vitest';
import { type LiveLine, LiveLines } from '../../src/cli/shell/live-lines.ts';
import { LineWriter } from '../../src/observe/line-writer.ts';

/** A terminal that understands what is written to it: lines, the cursor up, and clearing below it. */
class Screen {
  columns = 20;
  readonly rows: string[] = [''];
  #row = 0;

  readonly writer = new LineWriter(2, ((_descriptor: number, bytes: Uint8Array) => {
    this.#show(Buffer.from(bytes).toString());
    return bytes.length;
  }) as never);

  readonly terminal = {
    tellSize: () => ({ columns: this.columns, rows: 10 }),
    tellStyle: (_: unknown, text: string) => text,
  };

  /** Breaks what it shows, as terminals do that become narrower. */
  becomeNarrow(columns: number): void {
    this.columns = columns;
    const broken = this.rows.flatMap((row) => row.match(new RegExp(`.{1,${columns}}`, 'g')) ?? ['']);
    this.rows.splice(0, Number.POSITIVE_INFINITY, ...broken);
    this.#row = this.rows.length - 1;
  }

  #show(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what terminals understand begins with one
    for (const [part, up] of text.matchAll(/\u001b\[(\d+)F|\u001b\[J|\n|[^\u001b\n]+/g)) {
      if (up !== undefined) this.#row -= Number(up);
      else if (part === '\u001b[J') this.rows.splice(this.#row, Number.POSITIVE_INFINITY, '');
      else if (part === '\n') this.rows[++this.#row] ??= '';
      else this.rows[this.#row] += part;
    }
  }
}

const below = (screen: Screen, lines: () => readonly LiveLine[]) =>
  screen.writer.keepBelow(new LiveLines(lines, screen.terminal));

test('lines that are written stand above, each whole, and the live ones once below them', () => {
  const screen = new Screen();
  let count = 0;
  below(screen, () => [{ text: `first ${count}` }, { text: `second ${count}` }]);
  screen.writer.write('a line\n');
  count = 1;
  screen.writer.write('two\nlines\n');
  expect(screen.rows).toEqual(['a line', 'two', 'lines', 'first 1', 'second 1', '']);
  count = 2;
  screen.writer.write('');
  expect(screen.rows.slice(3)).toEqual(['first 2', 'second 2', '']);
  screen.writer.keepBelow(undefined);
  screen.writer.write('the end\n');
  expect(screen.rows).toEqual(['a line', 'two', 'lines', 'the end', '']);
});

test('live lines may become more and fewer', () => {
  const screen = new Screen();
  let names = ['one'];
  below(screen, () => names.map((text) => ({ text })));
  for (const each of [['one'], ['one', 'two', 'three'], ['three']]) {
    names = each;
    screen.writer.write('');
    expect(screen.rows).toEqual([...each, '']);
  }
});

test('a line is cut to the terminal, and one that has become narrower is cleared of its broken lines', () => {
  const screen = new Screen();
  let text = 'a line of more than twenty characters';
  below(screen, () => [{ text, style: 'dim' }]);
  screen.writer.write('');
  expect(screen.rows).toEqual(['a line of more than', '']);
  screen.becomeNarrow(10);
  expect(screen.rows).toEqual(['a line of ', 'more than', '']);
  text = 'short';
  screen.writer.write('');
  expect(screen.rows).toEqual(['short', '']);
});
