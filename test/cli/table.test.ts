import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { table } from '../../src/cli/shell/table.ts';

const COLUMNS = [
  'job',
  { name: 'window', worth: 2, narrow: 'wrap' },
  { name: 'requests', worth: 1 },
  { name: 'dead letters', worth: 3 },
  { name: 'failure', narrow: 'wrap' },
] as const;
const ROWS = [
  ['visits', '2014-06-01 → 2014-06-04', 12_345, 0, ''],
  ['ratings', '–', 1, 2, 'the database gone cannot be reached: connection refused at 127.0.0.1:1'],
];
const WHOLE = `job      window                   requests  dead letters  failure
visits   2014-06-01 → 2014-06-04    12,345             0
ratings  –                               1             2  the database gone cannot be reached: connection refused at 127.0.0.1:1
`;

const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('a table', () => {
  test('is as wide as it needs to be where nobody says how wide a line is, and where it has room', () => {
    expect(table(COLUMNS, ROWS)).toBe(WHOLE);
    expect(table(COLUMNS, ROWS, 200)).toBe(WHOLE);
  });

  test('fits 80 columns: headings and long texts get several lines', () => {
    expect(table(COLUMNS, ROWS, 80)).toBe(`job      window                   requests     dead  failure
                                            letters
visits   2014-06-01 → 2014-06-04    12,345        0
ratings  –                               1        2  the database gone cannot be
                                                     reached: connection refused
                                                     at 127.0.0.1:1
`);
  });

  test.each([79, 70, 60, 50, 40, 30])('fits %i columns: what is of least worth goes first', (width) => {
    const text = table(COLUMNS, ROWS, width);
    expect(widest(text)).toBeLessThanOrEqual(width);
    const [head = ''] = text.split('\n');
    expect(head).toMatch(/^job .*failure$/);
    if (head.includes('requests')) expect(head).toContain('window');
    if (head.includes('window')) expect(head).toContain('dead');
  });

  test('cuts what is to stay in one line', () => {
    const columns = ['id', { name: 'reason', narrow: 'cut' }] as const;
    expect(table(columns, [['1', 'a reason that is too long for such a line']], 30)).toBe(
      'id  reason\n1   a reason that is too long…\n',
    );
  });

  test('counts neither colours nor the bytes of wide characters', () => {
    const rows = [['\u001b[32msucceeded\u001b[39m', '漢字', 'x'.repeat(30)]];
    const text = table(['a', 'b', { name: 'c', narrow: 'cut' }], rows, 40);
    expect(stripVTControlCharacters(text)).toBe(`a          b     c\nsucceeded  漢字  ${'x'.repeat(22)}…\n`);
  });

  test('without rows is its headings', () => {
    expect(table(COLUMNS, [], 20)).toMatch(/^job/);
  });
});
