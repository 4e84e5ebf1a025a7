import { describe, expect, test } from 'vitest';
import type { JobTest, RecordMapping } from '../../src/config/schema/job-schema.ts';
import { givenRows } from '../../src/records/given-rows.ts';
import { runMappingTest } from '../../src/records/mapping-test.ts';

const RULES = { period: 'day', timezone: 'Europe/London', localTime: { zone: 'UTC' } } as const;
const LEFT_OUT = { hasOwnTime: true, telling: [] };
const MAPPING: RecordMapping = { timestamp: 'day', id: ['_timestamp', 'channel'] };

type Rows = JobTest['rows'];
type Fields = RecordMapping['fields'];
type Value = Rows[number][string];

const run = (given: Partial<JobTest>, mapping: Partial<RecordMapping> = {}) =>
  runMappingTest({ name: 'a test', rows: [], ...given }, { ...MAPPING, ...mapping }, RULES, LEFT_OUT);

/** The kind of the column `value` that holds these values. */
function kindOf(values: readonly Value[], fields?: Fields, records: JobTest['records'] = []) {
  const rows = values.map((value) => ({ day: '2015-01-01', value }));
  const { columns } = givenRows({ name: 'a test', rows, records }, { ...MAPPING, fields });
  return columns.find(({ name }) => name === 'value')?.kind;
}

/** Whether a row with one value becomes a record with the other. */
const becomes = (value: Value, expected: Value, fields?: Fields) =>
  run(
    {
      rows: [{ day: '2015-01-01', channel: 'web', value }],
      records: [{ _timestamp: '2015-01-01T00:00:00Z', channel: 'web', value: expected }],
    },
    fields === undefined ? {} : { fields: { channel: 'channel', ...fields } },
  ).passed;

describe('a column holds what its values look like', () => {
  test.each<[readonly Value[], string]>([
    [[12, 1.5], 'decimal'],
    [['12', null, '1.50'], 'decimal'],
    [['12', '1e+20'], 'float'],
    [[true, false], 'boolean'],
    [['2015-01-01', '0000-00-00'], 'date'],
    [['2015-01-01 06:30:00', '2015-01-01T06:30:00.5'], 'local-datetime'],
    [['2015-01-01 06:30:00', '2015-01-01 06:30:00+01'], 'instant'],
    [['12', 'twelve'], 'text'],
    [['2015-01-01', 12], 'text'],
    [[null], 'text'],
  ])('%j: %s', (values, kind) => {
    expect(kindOf(values)).toBe(kind);
  });

  test.each<[string, NonNullable<Fields>]>([
    ['as: string', { code: { column: 'value', as: 'string' } }],
    ['case', { code: { column: 'value', case: 'lower' } }],
    ['map', { code: { column: 'value', map: { '12': 'a dozen' } } }],
  ])('digits are a text beside %s', (_, fields) => {
    expect(kindOf(['12'], fields)).toBe('text');
    expect(kindOf([12], fields)).toBe('decimal');
  });

  test('digits are a text where a text is expected of them', () => {
    expect(kindOf(['0123'], { code: 'value' }, [{ code: '0123' }])).toBe('text');
    expect(kindOf(['0123'], { code: 'value' }, [{ code: 123 }])).toBe('decimal');
    expect(kindOf(['0123'], undefined, [{ value: '0123' }])).toBe('text');
  });

  test('digits are a number where as many are expected as only a text in YAML keeps', () => {
    for (const digits of ['12345678901234567890.12', '9223372036854775807']) {
      expect(kindOf([digits], { code: 'value' }, [{ code: digits }])).toBe('decimal');
    }
    expect(kindOf(['1.50'], { code: 'value' }, [{ code: '1.50' }])).toBe('text');
    expect(kindOf(['9223372036854775808'], { code: 'value' }, [{ code: '9223372036854775808' }])).toBe(
      'text',
    );
  });

  test('digits are a text where _timestamp is read from them', () => {
    const timestamp = { column: 'day', format: 'yyyyMM' } as const;
    const rows: Rows = [{ day: '201501', channel: 'web' }];
    const records = [{ _timestamp: '2015-01-01T00:00:00Z', channel: 'web' }];
    expect(run({ rows, records }, { timestamp }).passed).toBe(true);
  });
});

describe('a value is as expected', () => {
  test.each<[Value, Value]>([
    ['12', 12],
    ['1.50', 1.5],
    ['0.0000001', 1e-7],
    ['12345678901234567890.12', '12345678901234567890.12'],
    ['9223372036854775807', '9223372036854775807'],
    ['2015-06-01 00:30:00+01', '2015-05-31T23:30:00Z'],
    [true, true],
    [null, null],
    ['post', 'post'],
  ])('%j becomes %j', (given, expected) => {
    expect(becomes(given, expected)).toBe(true);
  });

  test.each<[Value, Value]>([
    ['12', 13],
    ['12345678901234567890.12', '12345678901234567890.13'],
    ['9223372036854775807', 9223372036854775000],
    [12, '12'],
    [true, 'true'],
    [null, 'null'],
    [null, 0],
    ['post', null],
  ])('%j does not become %j', (given, expected) => {
    expect(becomes(given, expected)).toBe(false);
  });
});

describe('records are compared', () => {
  const rows: Rows = [
    { day: '2015-01-01', channel: 'web', count: '12' },
    { day: '2015-01-01', channel: 'post', count: 3 },
  ];
  const [web, post] = [
    { _timestamp: '2015-01-01T00:00:00Z', channel: 'web', count: 12 },
    { _timestamp: '2015-01-01T00:00:00Z', channel: 'post', count: 3 },
  ];

  test('in the order of the rows', () => {
    expect(run({ rows, records: [web, post] })).toMatchObject({
      passed: true,
      differences: [],
      problems: [],
    });
    expect(run({ rows, records: [post, web] }).passed).toBe(false);
  });

  test('field by field: changed, too many, too few', () => {
    const { _timestamp, channel } = post;
    const { differences, passed } = run({ rows, records: [web, { _timestamp, channel: 'paper', total: 3 }] });
    expect(channel).toBe('post');
    expect(passed).toBe(false);
    expect(differences).toEqual([
      {
        record: 2,
        kind: 'different',
        fields: [
          { field: 'channel', expected: '"paper"', got: '"post"' },
          { field: 'count', expected: undefined, got: '3' },
          { field: 'total', expected: '3', got: undefined },
        ],
      },
    ]);
  });

  test('by their number', () => {
    expect(run({ rows, records: [web] }).differences).toMatchObject([{ record: 2, kind: 'extra' }]);
    expect(run({ rows: rows.slice(0, 1), records: [web, post] }).differences).toMatchObject([
      { record: 2, kind: 'missing' },
    ]);
  });

  test('with their _id where it is given', () => {
    const _id = '2ee0b7d3fa4c29fd28df1ca7de3a3d3f';
    const { differences } = run({ rows, records: [{ _id, ...web }, post] });
    expect(differences).toMatchObject([{ record: 1, fields: [{ field: '_id', expected: `"${_id}"` }] }]);
    const got = JSON.parse(differences[0]?.fields[0]?.got ?? '');
    expect(run({ rows, records: [{ _id: got, ...web }, post] }).passed).toBe(true);
  });
});

describe('a row that is not a record', () => {
  const rows: Rows = [
    { day: '2015-01-01', channel: 'web' },
    { day: '2015-02-30', channel: 'post' },
  ];
  const records = [{ _timestamp: '2015-01-01T00:00:00Z', channel: 'web' }];

  test('fails the test with its reason and remedy', () => {
    const { passed, problems } = run({ rows, records });
    expect(passed).toBe(false);
    expect(problems).toEqual([
      {
        message: 'row 2 is not a record: column day: "2015-02-30" is not a date',
        remedy: expect.any(String),
      },
    ]);
  });

  test('is as expected when refused is a part of its reason', () => {
    expect(run({ rows, records, refused: 'not a date' }).passed).toBe(true);
  });

  test('fails the test when it is refused for another reason', () => {
    expect(run({ rows, records, refused: 'is null' }).problems.map(({ message }) => message)).toEqual([
      'row 2 is not a record: column day: "2015-02-30" is not a date',
      'no row was refused with the reason "is null"',
    ]);
  });

  test('is missed when it becomes one', () => {
    const good = rows.slice(0, 1);
    const { problems, differences } = run({ rows: good, refused: 'not a date' });
    expect(problems).toMatchObject([{ message: 'no row was refused with the reason "not a date"' }]);
    expect(differences).toMatchObject([{ record: 1, kind: 'extra' }]);
  });
});

test('a column that a row lacks is null, whatever its name', () => {
  const { rows } = givenRows(
    { name: 'a test', rows: [{ day: '2015-01-01', constructor: 'Brunel' }, { day: '2015-01-02' }] },
    MAPPING,
  );
  expect(rows).toEqual([
    ['2015-01-01', 'Brunel'],
    ['2015-01-02', null],
  ]);
});

describe('a test fails', () => {
  test('when two of its rows have the same _id', () => {
    const row = { day: '2015-01-01', channel: 'web' };
    const record = { _timestamp: '2015-01-01T00:00:00Z', channel: 'web' };
    expect(run({ rows: [row, row], records: [record, record] }).problems).toMatchObject([
      { message: 'rows 1 and 2 have the same _id, with which a run fails' },
    ]);
  });

  test('when its rows lack a column that the record needs', () => {
    const fields = { channel: 'channel', count: { column: 'visits' } } as const;
    expect(run({ rows: [{ day: '2015-01-01', channel: 'web' }] }, { fields }).problems).toEqual([
      {
        message: 'no row of the test has a value for visits, which the record is made of',
        remedy: 'Give the rows the columns that the query returns; they have day, channel.',
      },
    ]);
  });

  test('when its columns do not fit the job', () => {
    expect(run({ rows: [{ day: 2015, channel: 'web' }] }).problems).toMatchObject([
      { message: 'column day has the type decimal, which cannot be the _timestamp' },
    ]);
  });

  test('but not for want of a column that the job omits', () => {
    const rows: Rows = [{ day: '2015-01-01', channel: 'web' }];
    const records = [{ _timestamp: '2015-01-01T00:00:00Z', channel: 'web' }];
    expect(run({ rows, records }, { omit: ['note'] }).passed).toBe(true);
  });
});

test('the period, its zone and the zone of the database decide _timestamp as in a run', () => {
  const rows: Rows = [{ day: '2015-06-30 23:30:00', channel: 'web' }];
  const records = [{ _timestamp: '2015-07-01T00:00:00Z', channel: 'web' }];
  const given = { name: 'a test', rows, records };
  expect(runMappingTest(given, MAPPING, RULES, LEFT_OUT).passed).toBe(true);
  expect(
    runMappingTest(given, MAPPING, { ...RULES, localTime: { zone: 'Europe/London' } }, LEFT_OUT).passed,
  ).toBe(false);
  expect(runMappingTest(given, MAPPING, { ...RULES, period: 'month' }, LEFT_OUT).passed).toBe(true);
});

describe('a snapshot job that names no timestamp', () => {
  const rows: Rows = [
    { channel: 'web', count: 3 },
    { channel: 'post', count: 7 },
  ];
  const [web, post] = [
    { channel: 'web', count: 3 },
    { channel: 'post', count: 7 },
  ];
  const snapshot = { ...MAPPING, timestamp: undefined };

  test('need not tell when the snapshot is taken', () => {
    expect(run({ rows, records: [web, post] }, snapshot)).toMatchObject({ passed: true, problems: [] });
    expect(run({ rows, records: [web, { ...post, count: 8 }] }, snapshot).passed).toBe(false);
  });

  test('may tell it, and has the _timestamp and the _id of then', () => {
    const taken = { _timestamp: '2015-01-01T00:00:00Z' };
    const _id = '2ee0b7d3fa4c29fd28df1ca7de3a3d3f';
    expect(run({ rows, records: [{ ...taken, ...web }, post] }, snapshot).passed).toBe(true);
    const { differences } = run({ rows, records: [{ _id, ...taken, ...web }, post] }, snapshot);
    const got = JSON.parse(differences[0]?.fields[0]?.got ?? '');
    const dated = rows.map((row) => ({ day: '2015-01-01', ...row }));
    const records = [
      { _id: got, ...taken, ...web },
      { ...taken, ...post },
    ];
    expect(run({ rows: dated, records }).passed).toBe(true);
  });

  test('has one _timestamp for all records, which is the start of a period', () => {
    const at = (_timestamp: string) => ({ _timestamp });
    const two = [
      { ...at('2015-01-01T00:00:00Z'), ...web },
      { ...at('2015-01-02T00:00:00Z'), ...post },
    ];
    expect(run({ rows, records: two }, snapshot).differences).toMatchObject([
      { record: 2, fields: [{ field: '_timestamp', got: '"2015-01-01T00:00:00Z"' }] },
    ]);
    const late = [{ ...at('2015-01-01T06:30:00Z'), ...web }, post];
    expect(run({ rows, records: late }, snapshot).differences).toMatchObject([
      { record: 1, fields: [{ field: '_timestamp', got: '"2015-01-01T00:00:00Z"' }] },
    ]);
  });
});

describe('small numbers are suppressed as in a run', () => {
  const suppress = { fields: ['count'], below: 5, replace_with: null, zero: false, mark: true };
  const rows: Rows = [{ day: '2015-01-01', channel: 'web', count: 3 }];
  const record = { _timestamp: '2015-01-01T00:00:00Z', channel: 'web' };

  test('and the records must say so', () => {
    const hidden = { ...record, count: null, suppressed: true };
    expect(run({ rows, records: [hidden] }, { suppress }).passed).toBe(true);
    expect(run({ rows, records: [{ ...record, count: 3 }] }, { suppress }).passed).toBe(false);
  });

  test('and a text in their field is refused', () => {
    const refused = 'to be suppressed when it is small, and holds a string';
    const texts: Rows = [{ day: '2015-01-01', channel: 'web', count: 'three' }];
    expect(run({ rows: texts, refused }, { suppress }).passed).toBe(true);
  });
});

describe('a job that says nothing of its records', () => {
  const given = {
    rows: [
      { day: '2015-01-01', channel: 'web', count: 12, late: null },
      { day: '2015-01-01', channel: 'post', count: '3', late: null },
    ],
    records: [
      { _timestamp: '2015-01-01T00:00:00Z', channel: 'web', count: 12, late: null },
      { _timestamp: '2015-01-01T00:00:00Z', channel: 'post', count: 3, late: null },
    ],
  };
  const runWithout = (over: Partial<JobTest> = {}) =>
    runMappingTest({ name: 'a test', ...given, ...over }, {}, RULES, { ...LEFT_OUT, hasOwnTime: false });

  test('is tested by what its rows hold', () => {
    expect(runWithout()).toMatchObject({ passed: true });
  });

  test('is tested by the _id that its rows make', () => {
    const written = { timestamp: 'day', id: ['_timestamp', 'channel'] };
    const { differences } = run({ ...given, records: [{ _id: 'none' }] }, written);
    const id = JSON.parse(differences[0]?.fields.find(({ field }) => field === '_id')?.got ?? '""');
    const [first, second] = given.records;
    expect(runWithout({ records: [{ _id: id, ...first }, { ...second }] })).toMatchObject({ passed: true });
  });

  test('is told to say what its rows do not', () => {
    expect(runWithout({ rows: [{ channel: 'web', count: 1 }] }).problems).toEqual([
      {
        message:
          'record.timestamp is left out, and by its type no column of the query is a date or a time: channel (text), count (decimal)',
        remedy: 'Name the column that gives _timestamp in a line under record, e.g. timestamp: channel.',
      },
    ]);
  });
});
