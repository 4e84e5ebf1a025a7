import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PERIODS, startOfPeriod } from '../../src/calendar/period.ts';
import { wallClockAt } from '../../src/calendar/zone.ts';
import type { RecordMapping } from '../../src/config/schema/job-schema.ts';
import { Figures } from '../../src/model/figures.ts';
import { GrowingBytes } from '../../src/model/growing-bytes.ts';
import type { Column, ColumnKind } from '../../src/model/row.ts';
import { packRows } from '../../src/model/row-packer.ts';
import { compileRecords, type RecordRules } from '../../src/records/compile-records.ts';
import { figuresOfTexts, type TallyRules } from '../../src/records/measures.ts';
import { Tally } from '../../src/records/tally.ts';

const column = (name: string, kind: ColumnKind): Column => ({ name, kind, type: kind });
const COLUMNS = [
  column('at', 'local-datetime'),
  column('id', 'integer'),
  column('channel', 'text'),
  column('count', 'integer'),
  column('cost', 'decimal'),
  column('rate', 'float'),
  column('is_new', 'boolean'),
];

type Cells = readonly [string, string, string | null, string | null, string | null, number | null, string];

const MAPPING: RecordMapping = { timestamp: 'at', id: ['id'] };
const RULES: RecordRules = {
  period: undefined,
  timezone: 'Europe/London',
  localTime: { zone: 'UTC' },
  timestamps: undefined,
};
const LONDON: TallyRules = { mapping: MAPPING, period: 'day', zone: 'Europe/London' };

/** A tally of rows, and the records that were made of them. */
function tallied(rows: readonly Cells[], rules = LONDON, after?: (tally: Tally, row: number) => void) {
  const encoder = compileRecords(rules.mapping, COLUMNS, RULES);
  const tally = new Tally(encoder.fields, rules);
  const packed = packRows(rows);
  const texts = rows.map((_, row) => {
    const json = new GrowingBytes();
    encoder.write(packed, row, json);
    tally.note(json, encoder.spans);
    tally.commit();
    after?.(tally, row);
    return json.bytes.toString('utf8', 0, json.length);
  });
  return { tally, texts };
}

const cell = (over: Partial<Record<'at' | 'count' | 'cost' | 'channel', string>> = {}, id = '1'): Cells => [
  over.at ?? '2014-06-01 12:00:00',
  id,
  over.channel ?? 'web',
  over.count ?? null,
  over.cost ?? null,
  null,
  'true',
];

const rowsOf = fc.array(
  fc.tuple(
    fc
      .date({ min: new Date('0002-01-01'), max: new Date('9998-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 19).replace('T', ' ')),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    fc.option(fc.string({ unit: 'grapheme-ascii' })),
    fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
    fc.option(fc.stringMatching(/^-?\d{1,16}\.\d{1,12}$/)),
    fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    fc.constantFrom('true', 'false'),
  ),
);

test('records are added up from their bytes exactly as from their texts', () => {
  fc.assert(
    fc.property(rowsOf, (rows) => {
      const { tally, texts } = tallied(rows);
      tally.close();
      expect(new Figures().add(tally.take()).periods()).toEqual(figuresOfTexts(texts, LONDON));
      expect(tally.take()).toEqual([]);
    }),
  );
});

test('numbers count whatever their type, and texts, booleans, nulls and what the id is made of do not', () => {
  const rows = [cell({ count: '12', cost: '0.10' }), cell({ cost: '-3' }, '2'), cell({ channel: '7' }, '3')];
  const { tally } = tallied(rows);
  tally.close();
  const period = Date.parse('2014-06-01');
  expect(tally.take()).toEqual([{ period, records: 3, sums: { count: '12', cost: '-2.9' } }]);
});

const instants = fc.integer({
  min: Date.parse('1970-01-01') / 900_000,
  max: Date.parse('2035-01-01') / 900_000,
});
const ZONES = ['UTC', 'Europe/London', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe'];

test('the period of a time is that of the calendar, in every zone', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.constantFrom(...PERIODS),
      fc.array(fc.tuple(instants, fc.integer({ min: 0, max: 899 })), { minLength: 1 }),
      (zone, period, times) => {
        const at = times.map(([quarter, seconds]) => quarter * 900_000 + seconds * 1_000);
        const rows = at.map((time) =>
          cell({ at: new Date(time).toISOString().slice(0, 19).replace('T', ' ') }),
        );
        const { tally } = tallied(rows, { mapping: MAPPING, period, zone });
        tally.close();
        const expected = Map.groupBy(at, (time) =>
          startOfPeriod(period, period === 'hour' ? time : wallClockAt(time, zone)),
        );
        const found = tally.take().map((each) => [each.period, each.records]);
        expect(new Map(found as [number, number][])).toEqual(
          new Map([...expected].map(([start, { length }]) => [start, length])),
        );
      },
    ),
  );
});

test('what must not be sent is in no sum, whether it was blanked before or not', () => {
  const suppress = { fields: ['count'], below: 5, replace_with: null, zero: false, mark: false };
  const rules = { ...LONDON, mapping: { ...MAPPING, suppress } };
  const rows = ['4', '5', '0', '12', '1'].map((count, row) => cell({ count, cost: '1' }, String(row)));
  const { tally, texts } = tallied(rows, rules);
  tally.close();
  const figures = tally.take();
  expect(figures).toMatchObject([{ records: 5, sums: { count: '17', cost: '5' } }]);
  expect(figuresOfTexts(texts, rules)).toEqual(figures);
  const blanked = texts.map((text) => text.replace(/"count":[41],/, '"count":"hidden",'));
  expect(figuresOfTexts(blanked, rules)).toEqual(figures);
});

test('rows whose group goes on are left for later, and one that was noted only does not count', () => {
  const days = ['2014-06-01 10:00:00', '2014-06-01 11:00:00', '2014-06-02 10:00:00'];
  const taken: unknown[] = [];
  const { tally } = tallied(
    days.map((at, row) => cell({ at, count: String(row + 1) }, String(row))),
    LONDON,
    (current, row) => {
      if (row === 1) current.close();
      taken.push(current.take());
    },
  );
  const [first, second] = [Date.parse('2014-06-01'), Date.parse('2014-06-02')];
  expect(taken).toEqual([[], [{ period: first, records: 2, sums: { count: '3' } }], []]);
  const { spans, write } = compileRecords(MAPPING, COLUMNS, RULES);
  const json = new GrowingBytes();
  write(packRows([cell({ count: '100' })]), 0, json);
  tally.note(json, spans);
  tally.close();
  expect(tally.take()).toEqual([{ period: second, records: 1, sums: { count: '3' } }]);
});

test.each(['{}', '', '{"_id":"a"}', '{"_timestamp":"2014-06-01T00:00:00Z","a":"', '{"_timestamp":"no"}'])(
  'what is no whole record is passed over: %s',
  (text) => {
    const [, ...others] = figuresOfTexts([text, '{"_timestamp":"2014-06-02T00:00:00Z","count":3}'], LONDON);
    expect(others.every(({ records }) => records === 1)).toBe(true);
    expect(figuresOfTexts([text], LONDON).every(({ sums }) => Object.keys(sums).length === 0)).toBe(true);
  },
);

test('periods before and behind those that are kept are passed over, wherever they stand among the rows', () => {
  const rules = { ...LONDON, within: { from: Date.parse('2014-06-02'), to: Date.parse('2014-06-04') } };
  const days = ['01', '02', '01', '03', '04', '04', '03', '01'].map((day) => `2014-06-${day} 12:00:00`);
  const { tally, texts } = tallied(
    days.map((at, index) => cell({ at, count: '7' }, String(index))),
    rules,
  );
  tally.close();
  const kept = tally.take();
  expect(kept).toEqual(figuresOfTexts(texts, rules));
  expect(kept.map(({ records, sums }) => [records, sums.count])).toEqual([
    [1, '7'],
    [2, '14'],
  ]);
});

test('a record that is passed over and not committed leaves the next one as it is', () => {
  const encoder = compileRecords(MAPPING, COLUMNS, RULES);
  const tally = new Tally(encoder.fields, {
    ...LONDON,
    within: { from: Date.parse('2014-06-02'), to: Date.parse('2014-06-04') },
  });
  const packed = packRows([cell(), cell({ at: '2014-06-02 12:00:00' }), cell({ at: '2014-06-03 12:00:00' })]);
  for (const [row, isCommitted] of [true, false, true].entries()) {
    const json = new GrowingBytes();
    encoder.write(packed, row, json);
    tally.note(json, encoder.spans);
    if (isCommitted) tally.commit();
  }
  tally.close();
  expect(tally.take().map(({ period, records }) => [period, records])).toEqual([
    [Date.parse('2014-06-03'), 1],
  ]);
});

test('an id of a length of its own, which moves what stands behind it, leaves the numbers where they are', () => {
  const mapping: RecordMapping = { timestamp: 'at', id: { fields: ['id', 'channel'], style: 'plain' } };
  const rules = { ...LONDON, mapping };
  const { tally, texts } = tallied([cell({ count: '7', cost: '0.50', channel: 'x'.repeat(40) })], rules);
  tally.close();
  const kept = tally.take();
  expect(kept).toEqual(figuresOfTexts(texts, rules));
  expect(kept[0]?.sums).toMatchObject({ count: '7' });
});
