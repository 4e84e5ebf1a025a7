import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GrowingBytes } from '../../src/model/growing-bytes.ts';
import type { RawValue } from '../../src/model/row.ts';
import { RowBatch } from '../../src/model/row-batch.ts';
import { packRows } from '../../src/model/row-packer.ts';
import { hourly } from '../../src/records/hourly-writer.ts';
import { namingColumn } from '../../src/records/not-a-record.ts';
import { timestampEncoder } from '../../src/records/timestamp.ts';
import type { TextEncoding, ValueWriter } from '../../src/records/value-writers.ts';
import { encoderAs, encoderOf, type FieldType, writerOf } from '../../src/records/values.ts';

/** Whatever shortcut a writer takes, it writes what the encoder of texts says, or refuses as it does. */

const RULES = {
  localTime: { zone: 'Europe/London', ambiguous: 'earlier' },
  timezone: 'Australia/Lord_Howe',
} as const;
const KINDS = [
  ...(['integer', 'decimal', 'float', 'boolean', 'text', 'padded-text'] as const),
  ...(['date', 'local-datetime', 'instant', 'dynamic'] as const),
];
const TYPES = ['integer', 'number', 'string', 'boolean', 'date', 'datetime'] as const satisfies FieldType[];

const digits = (min: number, max: number) =>
  fc.array(fc.constantFrom(...'0019'), { minLength: min, maxLength: max }).map((each) => each.join(''));
const number = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    digits(0, 22),
    fc.constantFrom('', '.'),
    digits(0, 8),
    fc.constantFrom('', '', '', 'e5', 'E-7'),
  )
  .map((parts) => parts.join(''));
const hour = fc.constantFrom(
  '2014-03-30 00',
  '2014-03-30 01',
  '2014-10-26 01',
  '2014-10-05 02',
  '2014-02-30 05',
  '0001-01-01 00',
  '9999-12-31 23',
  '1850-01-01T12',
);
const time = fc
  .tuple(
    hour,
    fc.constantFrom(':00:00', ':59:59', ':30:07', ':61:00', ':7:00', ''),
    fc.constantFrom('', '.5', '.500', '.000000', '.123456', '.', '.1234567890'),
    fc.constantFrom('', '+00', 'Z', '+05:30', '-00:01:15', '+2'),
  )
  .map((parts) => parts.join(''));
const text = fc.string({
  unit: fc.constantFrom(
    'a',
    ' ',
    '"',
    '\\',
    '\n',
    '\0',
    '\u001f',
    '\u007f',
    'é',
    '日',
    '😀',
    '\u2028',
    '\ud83d',
    '\ufeff',
    '0',
  ),
  maxLength: 60,
});
const word = fc.constantFrom(
  '',
  't',
  'f',
  'true',
  'FALSE',
  'null',
  'NaN',
  'Infinity',
  '2014-06-01',
  '2014-02-30',
  '1',
  '0',
);
const value: fc.Arbitrary<RawValue> = fc.oneof(
  ...[number, time, text, word],
  ...[
    fc.double(),
    fc.integer(),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    fc.uint8Array({ maxLength: 4 }),
  ],
);

function outcomeOf(work: () => string): string {
  try {
    return work();
  } catch (error) {
    return `refused: ${error}`;
  }
}

function expectSame(encode: TextEncoding, write: ValueWriter): void {
  const json = new GrowingBytes();
  fc.assert(
    fc.property(
      fc.array(
        value.filter((each) => each !== null),
        { minLength: 1, maxLength: 8 },
      ),
      (values) => {
        // Each twice: what is remembered must be the same.
        const batch = packRows([...values, ...values].map((each) => [each]));
        for (let place = 0; place < batch.length; place++) {
          expect(batch.at(place)).toEqual(normalized(values[place % values.length] ?? null));
          const written = outcomeOf(() => {
            json.length = 0;
            write(batch, place, json);
            return json.bytes.toString('utf8', 0, json.length);
          });
          expect(written).toBe(outcomeOf(() => encode(batch.at(place))));
        }
      },
    ),
    { numRuns: 300 },
  );
}

/** Integers are numbers as far as JavaScript can hold them, and there is one zero. */
const normalized = (each: RawValue): RawValue =>
  (typeof each === 'bigint' && Number.isSafeInteger(Number(each))) || each === 0 ? Number(each) + 0 : each;

describe.each(KINDS)('a %s', (kind) => {
  test('is written as it is encoded', () => {
    const encode = namingColumn('c', encoderOf(kind, RULES));
    expectSame(encode, writerOf(kind, undefined, encode));
  });

  test.each(TYPES)('is written as it is encoded, as %s', (type) => {
    const encode = namingColumn('c', encoderAs(type, { name: 'c', type: kind, kind }, RULES));
    expectSame(encode, writerOf(kind, type, encode));
  });
});

test.each([undefined, 'hour', 'day', 'week', 'month'] as const)(
  'a _timestamp of the period %s is written as it is encoded',
  (period) => {
    const timestamp = timestampEncoder({ ...RULES, period, format: undefined });
    const encode = namingColumn('c', (each) => `"${timestamp(each)}"`);
    expectSame(encode, hourly(encode));
  },
);

describe('bytes that look plain', () => {
  function written(kind: 'float' | 'text', bytes: Buffer): Buffer {
    const encode = namingColumn('c', encoderOf(kind, RULES));
    const json = new GrowingBytes();
    const places = Int32Array.of(0, bytes.length);
    writerOf(kind, undefined, encode)(new RowBatch(bytes, places, { width: 1, length: 1 }), 0, json);
    return json.bytes.subarray(0, json.length);
  }

  test.each([
    ['19100091001900109', '19100091001900108'],
    ['0.12345678901234567', '0.12345678901234566'],
    ['123456789012345', '123456789012345'],
    ['0.0000001', '1e-7'],
    ['-0.00000012', '-1.2e-7'],
    ['0.00000110', '0.0000011'],
  ])('are written as a double is, where they are one: %s', (text, expected) => {
    expect(written('float', Buffer.from(text)).toString()).toBe(expected);
  });

  test('are no text where they are no UTF-8, and what is none is replaced', () => {
    expect(written('text', Buffer.of(0x61, 0xff, 0x62))).toEqual(Buffer.from('"a\ufffdb"'));
    expect(written('text', Buffer.from('é'))).toEqual(Buffer.from('"é"'));
  });
});
