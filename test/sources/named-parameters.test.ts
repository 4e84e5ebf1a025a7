import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLIENTS, type Client, dialectOf } from '../../src/sources/dialects.ts';
import * as named from '../../src/sources/parameters.ts';
import { type SqlMode, sqlTokens } from '../../src/sources/sql-tokens.ts';

const { renderParameters } = named;
const syntaxOf = (client: Client) => dialectOf(client).syntax;
const parseNamedParameters = (sql: string, client: Client, mode?: SqlMode) =>
  named.parseNamedParameters(sql, syntaxOf(client), mode);
const namesIn = (sql: string, client: Client) =>
  parseNamedParameters(sql, client).names.map(({ name }) => name);

describe.each(CLIENTS)('%s', (client) => {
  test.each([
    ['select :a, :b_2, :_c', ['a', 'b_2', '_c']],
    ['where x>=:a and x<:b', ['a', 'b']],
    ['x between:a and:b', ['a', 'b']],
    ['f(:a,:a)', ['a', 'a']],
    [":a::date, cast(:b as date), ':c'", ['a', 'b']],
    ["'it''s :a' || :b", ['b']],
    ['"a "" :a" , :b', ['b']],
    ['/* :a */ :b -- :c', ['b']],
    ['-- :a\n:b', ['b']],
    [':a/**/:b', ['a', 'b']],
    ['@x := 1, y:=:a', ['a']],
    ["'12:30:45', 1:2, ':' , ::a", []],
    ["'never closed :a", []],
    ['/* never closed :a', []],
    ['"never closed :a', []],
    ['select 1', []],
  ])('finds the parameters of %s', (sql, expected) => {
    expect(namesIn(sql, client)).toEqual(expected);
  });
});

test.each([
  ["E'it\\'s :a' || :b", ['b']],
  ["e'\\\\' || :b", ['b']],
  ["date'2014' >= :b and 'x\\' < :c", ['b', 'c']],
  ["E'a'\n 'b\\' :a' || :b", ['b']],
  ["$$it's :a$$ || :b", ['b']],
  ['$x$ $$ :a $x$ || :b', ['b']],
  ['a$b$ || :c || $b$', ['c']],
  ['$1 || :a', ['a']],
  ['/* /* :a */ :b */ :c', ['c']],
  ["data ? 'a' and data ?| :b and data @? '$.x ? (@ > 1)'", ['b']],
  ['list[1:2], list[low:high], list[:a], list[f(x):y], array[:b, :c]', ['a', 'b', 'c']],
  ['x::timestamp < :a', ['a']],
  ['# :a', ['a']],
])('PostgreSQL: finds the parameters of %s', (sql, expected) => {
  expect(namesIn(sql, 'pg')).toEqual(expected);
});

test.each([
  ["'it\\'s :a' , :b", ['b']],
  ['"it\\"s :a" , :b', ['b']],
  ['`a`` :a` , :b', ['b']],
  ['# :a\n:b', ['b']],
  ['1--:a', ['a']],
  ['1 -- :a', []],
  ['/* /* :a */ :b', ['b']],
])('MySQL: finds the parameters of %s', (sql, expected) => {
  expect(namesIn(sql, 'mysql2')).toEqual(expected);
});

test.each([
  ['pg', { backslashEscapes: true }, "'it\\'s :a' || :b", ['b']],
  ['pg', { backslashEscapes: true }, "'C:\\\\' || :b", ['b']],
  ['pg', { backslashEscapes: true }, '"a\\" || :b', ['b']],
  ['mysql2', { backslashEscapes: false }, "'C:\\' , :b", ['b']],
  ['mysql2', { backslashEscapes: false }, '"C:\\" , :b', ['b']],
  ['mysql2', { ansiQuotes: true }, '"a\\" , :b', ['b']],
  ['mysql2', { ansiQuotes: true }, "'it\\'s :a' , :b", ['b']],
  ['mysql2', { bracketedNames: true }, '[a :a] , :b', ['b']],
] as const)('%s with %j: finds the parameters of %s', (client, setting, sql, expected) => {
  const { names } = parseNamedParameters(sql, client, { ...syntaxOf(client).usualMode, ...setting });
  expect(names.map(({ name }) => name)).toEqual(expected);
});

test.each([
  ["'x\\' , :a", ['a']],
  ['[a :a] , `b :b` , :c', ['c']],
])('SQLite: finds the parameters of %s', (sql, expected) => {
  expect(namesIn(sql, 'better-sqlite3')).toEqual(expected);
});

test.each([
  ['select 1', 0, undefined],
  ['  -- a\n select 1 ; -- b\n', 8, undefined],
  [';;select 1', 2, undefined],
  ["select ';' ; select 2", 0, 13],
  [' /* ; */ ', undefined, undefined],
])('tells where the statements of %j begin', (sql, start, secondStatement) => {
  for (const client of CLIENTS)
    expect(parseNamedParameters(sql, client)).toMatchObject({ start, secondStatement });
});

/** Pieces of SQL that stand for themselves, each with the parameter it is, if it is one. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(':a', ':b', ':long_name').map((text) => ({ text, name: text.slice(1) })),
    fc
      .constantFrom(
        "'x :a'",
        "'it''s'",
        '"q :a"',
        '/* :a */',
        '-- :a\n',
        '::',
        ':=',
        'select',
        '1',
        '(',
        '[',
        ',',
        '\n',
        '𝟘é',
      )
      .map((text) => ({ text, name: undefined })),
  ),
  { maxLength: 20 },
);

test.each(CLIENTS)('%s: finds every parameter between other things, at its place', (client) => {
  fc.assert(
    fc.property(pieces, (parts) => {
      const sql = parts.map(({ text }) => text).join(' ');
      const { names } = parseNamedParameters(sql, client);
      const inBrackets = client === 'better-sqlite3' && sql.includes('[');
      if (!inBrackets) expect(names.map(({ name }) => name)).toEqual(parts.flatMap(({ name }) => name ?? []));
      for (const { name, offset } of names) expect(sql.startsWith(`:${name}`, offset)).toBe(true);
    }),
  );
});

test.each(CLIENTS)('%s: tokens have no gaps and no overlaps, whatever the text', (client) => {
  const anything = fc.string({ unit: fc.constantFrom(...`'"\`[]$/*-#:;\\ \n\tEea_1é`), maxLength: 40 });
  fc.assert(
    fc.property(anything, (sql) => {
      for (const mode of [syntaxOf(client).usualMode, ...syntaxOf(client).unusualModes]) {
        let end = 0;
        for (const token of sqlTokens(sql, syntaxOf(client), mode)) {
          expect(token.start).toBe(end);
          expect(token.end).toBeGreaterThan(token.start);
          end = token.end;
        }
        expect(end).toBe(sql.length);
      }
    }),
    { numRuns: 500 },
  );
});

test('reads a literal that is never closed in linear time', () => {
  const sql = `select '${'a\\'.repeat(100_000)}`;
  for (const client of CLIENTS) expect(namesIn(`E${sql}`, client)).toEqual([]);
});

describe('rendering', () => {
  const render = (sql: string, placeholder: (name: string) => string) =>
    renderParameters(sql, parseNamedParameters(sql, 'pg').names, placeholder);

  test('replaces every parameter and nothing else', () => {
    expect(render("select :a, ':a', :b, :a", (name) => `<${name}>`).text).toBe("select <a>, ':a', <b>, <a>");
  });

  test('keeps a parameter apart from the word before it', () => {
    expect(render('x between:a and:b', () => '$1').text).toBe('x between $1 and $1');
  });

  test('finds its way back to the text as written', () => {
    fc.assert(
      fc.property(pieces, fc.constantFrom('$1', 'CAST(? AS DATETIME)', '?'), (parts, placeholder) => {
        const sql = parts.map(({ text }) => text).join(' ');
        const { names } = parseNamedParameters(sql, 'pg');
        const rendered = renderParameters(sql, names, () => placeholder);
        const isParameter = (offset: number) =>
          names.some((each) => offset >= each.offset && offset <= each.offset + each.name.length);
        for (let offset = 0; offset < rendered.text.length; offset++) {
          const original = rendered.originalOffset(offset);
          if (!isParameter(original)) expect(sql[original]).toBe(rendered.text[offset]);
        }
        expect(rendered.originalOffset(rendered.text.length)).toBe(sql.length);
      }),
    );
  });
});
