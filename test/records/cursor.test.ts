import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CursorValue } from '../../src/model/query.ts';
import type { Column, ColumnKind, RawValue } from '../../src/model/row.ts';
import { compareDecimals } from '../../src/records/compare-decimals.ts';
import { compileCursor, NoPositionError, startOf } from '../../src/records/cursor.ts';
import { MappingError } from '../../src/records/not-a-record.ts';

const column = (name: string, kind: ColumnKind, type: string = kind): Column => ({ name, kind, type });

const positionOf = (kind: ColumnKind, value: RawValue): CursorValue | undefined =>
  compileCursor(['at'], [column('at', kind)]).valuesOf([value])[0];

/** How a row with one value stands to a row with another. */
function order(kind: ColumnKind, a: RawValue, b: RawValue): number | undefined {
  const cursor = compileCursor(['at'], [column('at', kind)]);
  const [one, other] = [cursor.valuesOf([a]), cursor.valuesOf([b])];
  const sign = (compared: number | undefined) => (compared ? Math.sign(compared) : compared && 0);
  const [there, back] = [sign(cursor.compare(one, other)), sign(cursor.compare(other, one))];
  expect(back === undefined ? undefined : 0 - back).toBe(there);
  return there;
}

describe('a position', () => {
  test('holds the values of the cursor columns, in the order of the cursor', () => {
    const columns = [column('id', 'integer'), column('name', 'text'), column('updated_at', 'instant')];
    const cursor = compileCursor(['updated_at', 'id'], columns);
    expect(cursor.valuesOf(['9007199254740993', 'x', '2014-06-01 00:00:00.123456+01'])).toEqual([
      { kind: 'datetime', text: '2014-06-01 00:00:00.123456+01' },
      { kind: 'number', text: '9007199254740993' },
    ]);
  });

  test.each<[ColumnKind, RawValue, CursorValue['kind'], string]>([
    ['integer', '7', 'number', '7'],
    ['integer', 9007199254740993n, 'number', '9007199254740993'],
    ['decimal', '1.50', 'number', '1.50'],
    ['date', '2014-06-01', 'datetime', '2014-06-01'],
    ['local-datetime', '2014-06-01 10:00:00.000001', 'datetime', '2014-06-01 10:00:00.000001'],
    ['local-datetime', 1401616800, 'number', '1401616800'],
    ['text', '7', 'text', '7'],
    ['padded-text', 'ab   ', 'text', 'ab   '],
    ['dynamic', '2014-06-01', 'text', '2014-06-01'],
    ['dynamic', 7, 'number', '7'],
    ['dynamic', 1.5e-7, 'number', '0.00000015'],
    ['dynamic', 1e21, 'number', '1000000000000000000000'],
  ])('of a %s %o is the %s %s', (kind, value, expected, text) => {
    expect(positionOf(kind, value)).toEqual({ kind: expected, text });
  });

  test.each<[ColumnKind, RawValue, string]>([
    ['integer', null, 'cursor column at is null'],
    ['text', null, 'cursor column at is null'],
    ['decimal', 'NaN', 'cursor column at holds "NaN", which is no number'],
    ['decimal', 'Infinity', 'cursor column at holds "Infinity", which is no number'],
    ['integer', 'seven', 'cursor column at holds "seven", which is no number'],
    ['dynamic', Number.POSITIVE_INFINITY, 'cursor column at holds Infinity'],
    ['instant', 'infinity', 'cursor column at holds "infinity", which is no date'],
    ['date', '-infinity', 'cursor column at holds "-infinity", which is no date'],
    ['date', '0044-03-15 BC', 'cursor column at holds "0044-03-15 BC", which is no date'],
    ['local-datetime', '10000-01-01 00:00:00', 'which is no date'],
    ['date', '0000-00-00', 'which is no date'],
    ['local-datetime', '2014-02-30 10:00:00', 'which is no date'],
    ['local-datetime', '2014-06-01 24:00:00', 'which is no date'],
    ['dynamic', new Uint8Array([1]), 'cursor column at holds binary data'],
    ['text', new Uint8Array([0xe9]), 'cursor column at holds bytes that are no text in UTF-8'],
  ])('of a %s %o is refused: nothing could be found behind it', (kind, value, message) => {
    try {
      positionOf(kind, value);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(NoPositionError);
      expect(error).toMatchObject({
        side: 'config',
        message: expect.stringContaining(message),
        remedy: expect.stringMatching(/^Leave such rows out in the query.*\.$/),
      });
    }
  });
});

describe('columns that cannot be followed are refused', () => {
  test.each<[readonly Column[], string, RegExp]>([
    [[column('id', 'integer')], 'cursor.columns names the column at, which the query does not return', /id/],
    [
      [column('at', 'date'), column('at', 'text')],
      'cursor.columns names the column at, which the query returns twice',
      /AS/,
    ],
    [
      [column('at', 'float', 'double precision')],
      'cursor.columns names the column at of the type double precision, which need not be printed exactly',
      /cast the column to a decimal/,
    ],
    [
      [column('at', 'boolean')],
      'cursor.columns names the column at of the type boolean, which is the same for many rows',
      /timestamp/,
    ],
    [
      [column('at', 'unsupported', 'jsonb')],
      'cursor.columns names the column at of the type jsonb, which has no order',
      /Use a timestamp/,
    ],
  ])('%#', (columns, message, remedy) => {
    try {
      compileCursor(['at'], columns);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(MappingError);
      expect(error).toMatchObject({
        message: expect.stringContaining(message),
        remedy: expect.stringMatching(remedy),
      });
    }
  });
});

describe('positions are in order', () => {
  test.each<[ColumnKind, RawValue, RawValue, number | undefined]>([
    ['integer', '9', '10', -1],
    ['integer', '9007199254740993', '9007199254740992', 1],
    ['integer', '-10', '-9', -1],
    ['decimal', '1.50', '1.5', 0],
    ['decimal', '-0.00', '0', 0],
    ['decimal', '0.00000000000000000001', '0.000000000000000000009', 1],
    ['date', '2014-06-30', '2014-07-01', -1],
    ['local-datetime', '2014-06-01 10:00:00', '2014-06-01 10:00:00.000001', -1],
    ['local-datetime', '2014-06-01 10:00:00.000002', '2014-06-01 10:00:00.000001', 1],
    ['local-datetime', '2014-06-01 10:00:00.1', '2014-06-01 10:00:00.10', 0],
    ['local-datetime', '2014-06-01 10:00:00.09', '2014-06-01 10:00:00.1', -1],
    ['instant', '2014-10-26 01:59:59.9+01', '2014-10-26 01:00:00+00', -1],
    ['instant', '2014-10-26 01:30:00+01', '2014-10-26 00:30:00+00', 0],
    ['instant', '2014-10-26 01:30:00.5+01', '2014-10-26 00:30:00.25+00', 1],
    ['instant', '1847-11-30 23:58:45-00:01:15', '1847-12-01 00:00:00+00', 0],
    ['dynamic', '2014-06-01 10:00:00', '2014-06-01 09:00:00', 1],
    ['dynamic', 9007199254740993n, 9007199254740992n, 1],
    ['dynamic', 1.5, 2, -1],
    ['text', 'a', 'a', 0],
  ])('%s %o and %o: %o', (kind, a, b, expected) => {
    expect(order(kind, a, b)).toBe(expected);
  });

  test.each<[ColumnKind, RawValue, RawValue]>([
    ['text', 'a', 'b'],
    ['text', '1', '2'],
    ['text', '2014-06-01', '2014-06-02'],
    ['dynamic', 'a', 'b'],
    ['dynamic', 1, 'a'],
    // Both stand in one column of SQLite only, which orders them as texts.
    ['local-datetime', '2014-06-01', '2014-06-01 00:00:00'],
    ['local-datetime', '2014-06-01 10:00:00', '2014-06-01T09:00:00'],
    ['instant', '2014-06-01 10:00:00Z', '2014-06-01 10:00:00.5Z'],
    ['instant', '2014-06-01 10:00:00', '2014-06-01 10:00:00+00'],
  ])('that of %s %o and %o only the database knows', (kind, a, b) => {
    expect(order(kind, a, b)).toBeUndefined();
  });

  test('by the first column in which they differ', () => {
    const columns = [column('at', 'local-datetime'), column('name', 'text'), column('id', 'integer')];
    const cursor = compileCursor(['at', 'name', 'id'], columns);
    const at = (time: string, name: string, id: string) => cursor.valuesOf([`2014-06-01 ${time}`, name, id]);
    const first = at('10:00:00', 'b', '5');
    expect(cursor.compare(first, at('10:00:00.000', 'b', '4'))).toBeGreaterThan(0);
    expect(cursor.compare(first, at('10:00:00', 'b', '10'))).toBeLessThan(0);
    expect(cursor.compare(first, at('10:00:00', 'b', '05'))).toBe(0);
    expect(cursor.compare(first, at('10:00:00', 'a', '4'))).toBeUndefined();
    expect(cursor.compare(first, at('10:00:01', 'a', '4'))).toBeLessThan(0);
    expect(cursor.compare(first, at('09:59:59', 'c', '9'))).toBeGreaterThan(0);
  });

  test('is not known of a position that other columns, or other types, had', () => {
    const cursor = compileCursor(['at', 'id'], [column('at', 'date'), column('id', 'integer')]);
    const now = cursor.valuesOf(['2014-06-01', '7']);
    expect(
      cursor.compare(
        [
          { kind: 'text', text: 'x' },
          { kind: 'number', text: '7' },
        ],
        now,
      ),
    ).toBeUndefined();
    expect(
      cursor.compare(
        [
          { kind: 'datetime', text: 'x' },
          { kind: 'number', text: '7' },
        ],
        now,
      ),
    ).toBeUndefined();
    expect(cursor.compare([{ kind: 'datetime', text: '2014-06-01' }], now)).toBeUndefined();
    expect(
      cursor.compare(
        [
          { kind: 'datetime', text: '2014-06-01' },
          { kind: 'number', text: 'x' },
        ],
        now,
      ),
    ).toBeUndefined();
  });
});

describe('numbers are compared exactly', () => {
  const scaled = fc.tuple(fc.bigInt(-(10n ** 40n), 10n ** 40n), fc.nat({ max: 45 }));
  /** `number` / 10^`scale`, in one of the ways to write it. */
  const written = (number: bigint, scale: number, zeros: number) => {
    const digits = String(number < 0n ? -number : number).padStart(scale + 1, '0');
    const whole = digits.slice(0, digits.length - scale);
    const fraction = digits.slice(digits.length - scale) + '0'.repeat(zeros);
    return `${number < 0n ? '-' : ''}${'0'.repeat(zeros)}${whole}${fraction === '' ? '' : `.${fraction}`}`;
  };

  test('whatever their size and however they are written', () => {
    fc.assert(
      fc.property(scaled, scaled, fc.nat({ max: 3 }), fc.nat({ max: 3 }), ([a, m], [b, n], zeros, others) => {
        const exact = a * 10n ** BigInt(n) - b * 10n ** BigInt(m);
        const compared = compareDecimals(written(a, m, zeros), written(b, n, others));
        expect(Math.sign(compared ?? Number.NaN)).toBe(exact === 0n ? 0 : exact > 0n ? 1 : -1);
      }),
    );
  });

  test('numbers next to each other as well', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 25n), 10n ** 25n), fc.nat({ max: 30 }), (number, scale) => {
        const [a, b] = [written(number, scale, 0), written(number + 1n, scale, 2)];
        expect(compareDecimals(a, b)).toBeLessThan(0);
        expect(compareDecimals(b, a)).toBeGreaterThan(0);
        expect(compareDecimals(a, written(number, scale, 1))).toBe(0);
      }),
    );
  });

  test('with an exponent as doubles are', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(double, double, (a, b) => {
        expect(Math.sign(compareDecimals(String(a), String(b)) ?? Number.NaN)).toBe(
          a === b ? 0 : a < b ? -1 : 1,
        );
      }),
    );
  });

  test.each(['', '.', '-', 'x', '1e', '1.2.3', 'NaN', '0x10', ' 1'])('%j is not a number', (text) => {
    expect(compareDecimals(text, '1')).toBeUndefined();
  });
});

test('instants are in order to the microsecond, whatever their offsets and the digits of their fractions', () => {
  const offset = fc.constantFrom(0, 60, -210, 345, 330);
  const microseconds = fc.integer({ min: -(10 ** 15), max: 10 ** 15 });
  const close = fc.integer({ min: -2_000_000, max: 2_000_000 });
  /** As PostgreSQL prints it, in a zone of so many minutes east. */
  const printed = (instant: number, minutes: number) => {
    const local = new Date(Math.floor(instant / 1_000) + minutes * 60_000).toISOString();
    const micro = String(((instant % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0');
    const fraction = micro.replace(/0+$/, '');
    const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
    const two = (number: number) => String(number).padStart(2, '0');
    return `${local.slice(0, 10)} ${local.slice(11, 19)}${fraction === '' ? '' : `.${fraction}`}${minutes < 0 ? '-' : '+'}${two(hours)}${rest === 0 ? '' : `:${two(rest)}`}`;
  };
  fc.assert(
    fc.property(microseconds, close, offset, offset, (instant, difference, one, other) => {
      const compared = order('instant', printed(instant, one), printed(instant + difference, other));
      expect(compared).toBe(difference === 0 ? 0 : -Math.sign(difference));
    }),
  );
});

test.each([
  [0, { kind: 'number', text: '0' }],
  [-1.5, { kind: 'number', text: '-1.5' }],
  [1e21, { kind: 'number', text: '1000000000000000000000' }],
  ['2015-01-01T00:00:00Z', { kind: 'instant', epochMilliseconds: Date.UTC(2015, 0, 1) }],
  ['2015-01-01 01:00:00.1239+01:00', { kind: 'instant', epochMilliseconds: Date.UTC(2015, 0, 1) + 123 }],
  ['2015-01-01', { kind: 'datetime', text: '2015-01-01' }],
  ['2015-01-01T10:00:00', { kind: 'datetime', text: '2015-01-01 10:00:00' }],
  ['2015-01-01 10:00:00.123456', { kind: 'datetime', text: '2015-01-01 10:00:00.123456' }],
  ['2015-02-30', { kind: 'text', text: '2015-02-30' }],
  ['', { kind: 'text', text: '' }],
  ['0123', { kind: 'text', text: '0123' }],
])('a job starts at %j as %o', (given, expected) => {
  expect(startOf([given])).toEqual([expected]);
});
