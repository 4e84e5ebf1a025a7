import { stripVTControlCharacters, styleText } from 'node:util';
import { describe, expect, test } from 'vitest';
import { cut, widthOf } from '../../src/cli/shell/text-width.ts';
import { wrapped } from '../../src/cli/shell/wrap.ts';

const red = (text: string) => styleText('red', text, { validateStream: false });

const TEXTS = {
  'a remedy':
    '  → Name the file with --config or PP_DB_COLLECTOR_CONFIG, or start in its folder; that is all there is to do.\n',
  'a line of check': `${red('✗')} database shop: connects, is read-only, its clock is 3 s behind this one and its zone is ${red('Europe/London, as it should be')}\n`,
  'a list of names':
    '  record view      the sum of what every clerk of every office has seen, none counted twice\n',
  'wide characters':
    '! 查询 的 结果 没有 任何 行 因此 没有 发送 任何 记录 请 检查 查询 和 时间 窗口 然后 再 试 一次 谢谢 您 的 耐心 等待 与 合作\n',
  'many lines': `first\n\n${'a sentence of some words, which goes on and on. '.repeat(5)}\n  indented ${'words '.repeat(40)}\n`,
};

/** With their colours. */
const words = (text: string) => text.split(/\s+/);
const widest = (text: string) => Math.max(...text.split('\n').map(widthOf));

describe.each([60, 80, 120])('on a terminal of %i columns', (columns) => {
  test.each(Object.entries(TEXTS))('%s is broken at blanks alone', (_, text) => {
    const shown = wrapped(text, columns);
    expect(widest(shown)).toBeLessThanOrEqual(columns);
    expect(words(shown)).toEqual(words(text));
  });
});

test('what is broken goes on below where its text begins', () => {
  expect(wrapped(TEXTS['a remedy'], 60)).toBe(
    `  → Name the file with --config or PP_DB_COLLECTOR_CONFIG,
    or start in its folder; that is all there is to do.
`,
  );
  expect(wrapped(TEXTS['a list of names'], 60)).toBe(
    `  record view      the sum of what every clerk of every
                   office has seen, none counted twice
`,
  );
  expect(stripVTControlCharacters(wrapped(TEXTS['a line of check'], 60))).toBe(
    `✗ database shop: connects, is read-only, its clock is 3 s
  behind this one and its zone is Europe/London, as it
  should be
`,
  );
});

test('behind a name that takes too much room the text goes on below the name', () => {
  expect(wrapped('collectors/visits.yaml:7:10  schedule: expected a cron expression, got "often"', 60)).toBe(
    `collectors/visits.yaml:7:10  schedule: expected a cron
  expression, got "often"`,
  );
});

test('commands, lines of files and of JSON stay whole, so that they can be copied and carets stand where they do', () => {
  const excerpt = `    7 | schedule: ${'often '.repeat(20)}\n      |           ${'^'.repeat(100)}`;
  const json = `{\n  "reason": "${'because '.repeat(20)}"\n}`;
  const command = `  pp-db-collector run ${'visits '.repeat(20)}`;
  for (const text of [excerpt, json, command]) expect(wrapped(text, 60)).toBe(text);
  expect(wrapped('It is collected by `pp-db-collector run visits --from 2014-06-01`.', 60)).toBe(
    'It is collected by\n`pp-db-collector run visits --from 2014-06-01`.',
  );
});

test('a word that no line has room for stays whole, and takes no other with it', () => {
  const url = `https://${'x'.repeat(80)}`;
  expect(wrapped(`  → See ${url} for more.`, 60)).toBe(`  → See\n    ${url}\n    for more.`);
});

test('where no terminal is, each line stays one', () => {
  for (const text of Object.values(TEXTS)) expect(wrapped(text, undefined)).toBe(text);
});

test('a text is cut by what a terminal shows of it', () => {
  expect(cut('漢字漢字', 7)).toBe('漢字漢…');
  expect(cut('漢字漢字', 6)).toBe('漢字…');
  expect(cut('漢字漢字', 8)).toBe('漢字漢字');
  expect(cut('abcdef', 3, '')).toBe('abc');
});
