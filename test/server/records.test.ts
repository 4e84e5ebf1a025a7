import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readableRecord } from '../../src/server/read/readable-record.ts';
import { memoryWriteApi } from './memory-write-api.ts';

const DATE = '"_timestamp":"2024-03-05T14:15:16Z"';

describe('a key', () => {
  test.each(['ab', 'ABC', 'a1', 'ab_', 'constructor', 'toString', 'k'.repeat(100_000)])(
    'may be %.20s',
    async (key) => {
      const { post, stored } = memoryWriteApi();
      expect(await post(`{${DATE},"${key}":"v"}`)).toMatchObject({ status: 200 });
      expect((await stored())[0]?.json).toContain(`"${key}":"v"`);
    },
  );

  test.each([
    '',
    'a',
    'A',
    '1ab',
    'a.b',
    'a b',
    'a-b',
    'é',
    'école',
    'ключ',
    'ıab',
    '_foo',
    '_TIMESTAMP',
    '_updated_at',
    '_day_start_at',
    '__proto__',
    'a\\nb',
    '\\ud800k',
    'a%(id)s',
  ])('must not be %j', async (key) => {
    const { post, stored } = memoryWriteApi();
    const reply = await post(`{${DATE},"${key}":1}`);
    expect(reply.status).toBe(400);
    expect(reply.body.messages).toHaveLength(1);
    expect(await stored()).toEqual([]);
  });
});

describe('a value', () => {
  test.each([
    '0',
    '-5',
    '1.5',
    '0.1',
    '0.30000000000000004',
    'true',
    'false',
    'null',
    '""',
    '" "',
    '"😀"',
    '"\\u0001"',
    '"\u2028"',
    '2147483648',
    '9007199254740993',
    '9223372036854775807',
    '-9223372036854775808',
    '0.12345678901234567890',
    '12345678901234567890.12',
  ])('comes back as it was sent: %s', async (value) => {
    const { post, stored } = memoryWriteApi();
    await post(`[{"_id":"a",${DATE},"val":${value}},{"_id":"b",${DATE},"val":9007199254740995}]`);
    const [json] = (await stored()).map((record) => record.json);
    const spelled = value.startsWith('"') ? JSON.stringify(JSON.parse(value)) : value;
    expect(json).toBe(`{"_id":"a","_timestamp":"2024-03-05T14:15:16+00:00","val":${spelled}}`);
  });

  test('that is an integer of 64 bits comes back digit by digit', async () => {
    const { post, stored } = memoryWriteApi();
    const integers = fc.sample(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), 500);
    await post(
      `[${integers.map((integer, index) => `{"_id":"${index}",${DATE},"val":${integer}}`).join(',')}]`,
    );
    const values = (await stored()).map(({ json }) => /"val":(-?\d+)}/.exec(json)?.[1]);
    expect(values).toEqual(integers.map(String));
  });

  test.each([
    '9223372036854775808',
    '-9223372036854775809',
    '1e400',
    '-1e400',
    '9'.repeat(100_000),
    '[]',
    '[1]',
    '{}',
    '{"a":1}',
    '"a\\u0000b"',
    '"\\ud800"',
    '"\\ude00\\ud83d"',
  ])('must not be %.40s', async (value) => {
    const { post, stored } = memoryWriteApi();
    const reply = await post(`[{${DATE},"val":1},{${DATE},"val":${value}}]`);
    expect(reply.status).toBe(400);
    expect(reply.body.messages).toEqual([expect.stringMatching(/^record 2: val /)]);
    expect(await stored()).toEqual([]);
  });
});

describe('an _id', () => {
  test.each(['abc', 'a/b', 'a%20b', "a'b", 'MjAyNC0wMy0wNQ==', 'a\\u0001b', 'a\\u001cb', 'x'.repeat(2_600)])(
    'may be %.20s',
    async (id) => {
      expect(await memoryWriteApi().post(`{"_id":"${id}",${DATE}}`)).toMatchObject({ status: 200 });
    },
  );

  test.each([
    '""',
    '" "',
    '"a b"',
    '"a\\nb"',
    '"a\\n"',
    '5',
    '1.5',
    'null',
    '["a"]',
    '"naïve"',
    '"a\\u00a0b"',
    '"a\\u0000"',
    '"🎉"',
    `"${'x'.repeat(2_601)}"`,
  ])('must not be %.20s', async (id) => {
    const reply = await memoryWriteApi().post(`{"_id":${id},${DATE}}`);
    expect(reply.status).toBe(400);
    expect(reply.body.messages).toEqual([expect.stringMatching(/^record 1: _id /)]);
  });
});

describe('dates', () => {
  test('are kept in UTC, _start_at and _end_at too', async () => {
    const { post, stored } = memoryWriteApi();
    await post(
      '{"_id":"a","_timestamp":"2024-07-01T00:00:00+01:00","_start_at":"2024-07-01","_end_at":"2024-08-01T00:00+0100"}',
    );
    expect((await stored())[0]?.json).toBe(
      '{"_id":"a","_timestamp":"2024-06-30T23:00:00+00:00","_start_at":"2024-07-01T00:00:00+00:00","_end_at":"2024-07-31T23:00:00+00:00"}',
    );
  });

  test('that are missing or no text are refused', async () => {
    const { post } = memoryWriteApi();
    expect((await post('[{"_id":"a"},{}]')).body.messages).toEqual([
      'record 1: _timestamp is missing',
      'record 2: _timestamp is missing',
    ]);
    for (const value of ['5', 'null', 'true', '[]', '{}', '1709648116.5', '99999999999999999999'])
      expect(await post(`{"_timestamp":${value}}`)).toMatchObject({ status: 400 });
  });

  test('that are wrong give two messages for each record, however many there are', async () => {
    const { post } = memoryWriteApi();
    const reply = await post('[{"_timestamp":"nope","_start_at":"nope"},{"_timestamp":"2024-13-01"}]');
    expect(reply.body.messages).toEqual([
      'record 1: "nope" in _start_at is not a date',
      'record 1: _start_at must have a form such as 2015-01-01T00:00:00Z',
      'record 2: "2024-13-01" in _timestamp is not a date',
      'record 2: _timestamp must have a form such as 2015-01-01T00:00:00Z',
    ]);
  });
});

test('a record is read with the time of storing and the starts of its periods in UTC', async () => {
  const { post, stored } = memoryWriteApi();
  await post('{"_id":"a","_timestamp":"2025-01-01T00:30:00+01:00","big":9007199254740993}');
  const [record] = await stored();
  expect(record && readableRecord(record)).toBe(
    '{"_id":"a","_timestamp":"2024-12-31T23:30:00+00:00","big":9007199254740993' +
      ',"_updated_at":"2024-06-12T10:30:00.123000+00:00","_hour_start_at":"2024-12-31T23:00:00+00:00"' +
      ',"_day_start_at":"2024-12-31T00:00:00+00:00","_week_start_at":"2024-12-30T00:00:00+00:00"' +
      ',"_month_start_at":"2024-12-01T00:00:00+00:00","_quarter_start_at":"2024-10-01T00:00:00+00:00"' +
      ',"_year_start_at":"2024-01-01T00:00:00+00:00"}',
  );
});

describe('automatic ids', () => {
  const auto_ids = ['_timestamp', 'service', 'channel'];

  test.each([
    ['"tax"', '"digital"', '2024-03-05T14:15:16Z.tax.digital'],
    ['5', 'null', '2024-03-05T14:15:16Z.5.None'],
    ['true', 'false', '2024-03-05T14:15:16Z.True.False'],
    ['9007199254740993', '""', '2024-03-05T14:15:16Z.9007199254740993.'],
    ['"naïve"', '"a b"', '2024-03-05T14:15:16Z.naïve.a b'],
  ])('of %s and %s are base64 of %s', async (service, channel, plain) => {
    const { post, stored } = memoryWriteApi({ auto_ids });
    await post(`{"_id":"not this",${DATE},"service":${service},"channel":${channel}}`);
    expect((await stored()).map(({ id }) => Buffer.from(id, 'base64').toString())).toEqual([plain]);
  });

  test('need all their fields: one message for the first record that lacks one', async () => {
    const { post, stored } = memoryWriteApi({ auto_ids });
    const reply = await post(`[{${DATE},"service":1,"channel":2},{${DATE},"channel":2},{${DATE}}]`);
    expect(reply.body.messages).toEqual(['record 2: service missing, of which the data set makes its _id']);
    expect(await stored()).toEqual([]);
  });
});
