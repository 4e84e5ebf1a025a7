import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PlacesInText } from '../../src/config/yaml/places-in-text.ts';
import { SourceFile } from '../../src/config/yaml/source-file.ts';
import { textAt } from '../../src/config/yaml/tree.ts';
import { parseTree } from '../../src/config/yaml/yaml-tree.ts';

/** The text under `query` of a file, and its file. */
function read(yaml: string) {
  const file = new SourceFile('job.yaml', 'job.yaml', yaml, false);
  const { tree, findings } = parseTree(file, { environment: {}, folder: '.' }, ['query']);
  expect(findings).toEqual([]);
  const text = tree && textAt(tree, 'query');
  if (text === undefined) throw new Error(`no text in ${JSON.stringify(yaml)}`);
  return { text, file };
}

/** What stands in the file for a piece of the text. */
function found(yaml: string, piece: string, occurrence = 0): string | undefined {
  const { text } = read(yaml);
  let start = text.value.indexOf(piece);
  for (let count = 0; count < occurrence; count++) start = text.value.indexOf(piece, start + 1);
  const place = new PlacesInText(text).find(start, start + piece.length);
  return place && yaml.slice(place.start, place.end);
}

const word = fc.stringMatching(/^[a-z:<>,.()*😀ü'"\\|-]{0,6}[a-z😀]$/u);
const line = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => `x${words.join(' ')}`);
const lines = fc.array(fc.oneof({ weight: 4, arbitrary: line }, fc.constant('')), { maxLength: 6 });
const breaks = fc.constantFrom('\n', '\r\n');

const indented = (all: readonly string[], blanks: string) =>
  all.map((each) => (each === '' ? '' : `${blanks}${each}`)).join('\n');

const quoted = (text: string) => JSON.stringify(text).replaceAll(':', '\\x3a').replaceAll('ü', '\\u00FC');

const STYLES: Record<string, (all: readonly string[]) => string> = {
  'a block': (all) => `|\n${indented(all, '  ')}`,
  'a block with a comment, indented further': (all) => `|2- # as is\n${indented(all, '    ')}`,
  'a folded block': (all) => `>\n${indented(all, '   ')}`,
  'single quotes': (all) => `'${indented(all, '  ').trimStart().replaceAll("'", "''")}'`,
  'double quotes': (all) => quoted(all.join('\n')),
  'double quotes over several lines': (all) =>
    `"${all.map((each) => quoted(each).slice(1, -1)).join('\n    ')} \\\n  \\  end"`,
  'a plain text': (all) => indented(all, '  ').trimStart().replaceAll(':', ';').replaceAll(' #', ' '),
};

test.each(Object.entries(STYLES))('every character of a text in %s is found in its file', (_, write) => {
  fc.assert(
    fc.property(line, lines, breaks, (first, others, lineBreak) => {
      const yaml = `# 😀\nquery: ${write([first, ...others, 'end'])}\nother: 1\n`.replaceAll('\n', lineBreak);
      const { text } = read(yaml);
      const places = new PlacesInText(text);
      for (const { 0: character, index } of text.value.matchAll(/\S/gu)) {
        const place = places.find(index, index + character.length);
        const there = place && yaml.slice(place.start, place.end);
        expect([character, `\\x3a`, '\\u00FC', `''`, `\\${character}`]).toContain(there);
        if (there === '\\x3a') expect(character).toBe(':');
        if (there === '\\u00FC') expect(character).toBe('ü');
      }
    }),
  );
});

test('pieces with escapes in them are found as they are written', () => {
  expect(found('query: "a \\u0066rom b"', 'from')).toBe('\\u0066rom');
  expect(found('query: "\\U0001F600 \\ud83d\\ude00 x \\n y"', 'y')).toBe('y');
  expect(found("query: 'it''s from'", "it's")).toBe("it''s");
  expect(found('query: "a\\\n  b c"', 'ab')).toBe('a\\\n  b');
});

test('one of several occurrences is told from the others', () => {
  expect(found('query: "\\x61 a"', 'a', 0)).toBe('\\x61');
  expect(found('query: "\\x61 a"', 'a', 1)).toBe('a');
});

test('a blank, and the end of the text, are behind what comes before', () => {
  const { text, file } = read('query: |\n  select 1,\n  from x\n\nother: 1\n');
  const places = new PlacesInText(text);
  const at = (offset: number) => file.position(places.find(offset, offset)?.start ?? -1);
  expect(at(text.value.indexOf('\n'))).toEqual({ line: 2, column: 12 });
  expect(at(text.value.length)).toEqual({ line: 3, column: 9 });
});

test('the text of an alias stands elsewhere', () => {
  const { text } = read('other: &anchor select 1\nquery: *anchor\n');
  expect(new PlacesInText(text).find(0, 6)).toBeUndefined();
});

test('an anchored text is found', () => {
  expect(found('query: &anchor |\n  select 1\n', 'select')).toBe('select');
});
