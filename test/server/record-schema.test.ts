import { describe, expect, test } from 'vitest';
import { memoryWriteApi } from './memory-write-api.ts';

const DATE = '"_timestamp":"2024-03-05T14:15:16Z"';

const schema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  definitions: {
    dated: { required: ['_timestamp'], properties: { _timestamp: { type: 'string', format: 'date-time' } } },
  },
  allOf: [{ $ref: '#/definitions/dated' }],
  required: ['count', 'channel'],
  properties: {
    count: { type: 'integer', minimum: 0 },
    channel: { enum: ['digital', 'café'] },
    rate: { type: ['number', 'null'], maximum: 1, exclusiveMaximum: true },
    code: { anyOf: [{ type: 'integer' }, { pattern: '^x' }] },
  },
};

async function messages(record: string): Promise<readonly string[] | undefined> {
  return (await memoryWriteApi({ schema }).post(record)).body.messages;
}

describe('a schema (draft 4)', () => {
  test.each([
    '"count":1,"channel":"digital"',
    '"count":9007199254740993,"channel":"café","rate":0.5,"code":7',
    '"count":0,"channel":"digital","rate":null,"code":"x1"',
    '"count":0,"channel":"digital","rate":0.0',
  ])('accepts %s', async (fields) => {
    expect(await messages(`{${DATE},${fields}}`)).toBeUndefined();
  });

  test.each([
    ['"count":-1,"channel":"digital"', ['count must be >= 0']],
    ['"count":1.5,"channel":"digital"', ['count must be integer']],
    ['"count":1.0,"channel":"digital"', ['count must be integer']],
    ['"count":1e3,"channel":"digital"', ['count must be integer']],
    ['"count":-1.0,"channel":"digital"', ['count must be integer', 'count must be >= 0']],
    ['"count":1,"channel":"post"', ['channel must be one of ["digital","café"]']],
    ['"count":1,"channel":"digital","rate":1.0', ['rate must be < 1']],
    ['"count":1,"channel":"digital","code":"y"', ['code must match a schema in anyOf']],
    [
      '"rate":0',
      ["the record must have required property 'count'", "the record must have required property 'channel'"],
    ],
  ])('refuses %s', async (fields, expected) => {
    expect(await messages(`{${DATE},${fields}}`)).toEqual(expected.map((message) => `record 1: ${message}`));
  });

  test('and the rules for all records both have their say', async () => {
    const found = await messages('{"_timestamp":"nope","count":"x","channel":"digital","bad-key":1}');
    expect(found).toHaveLength(4);
  });

  test('says alone that _timestamp is missing, or that it is no date where the original guessed one', async () => {
    expect(await messages('{"count":1,"channel":"digital"}')).toEqual([
      "record 1: the record must have required property '_timestamp'",
    ]);
    expect(await messages('{"_timestamp":"Tuesday","count":1,"channel":"digital"}')).toEqual([
      'record 1: _timestamp must match format "date-time"',
    ]);
  });

  test.each([null, { $ref: '#/definitions/nothing' }, { type: 'intger' }])(
    'that cannot be used stops the writes of its data set: %j',
    async (broken) => {
      const { app, post, stored } = memoryWriteApi({ schema: broken as Record<string, unknown> });
      const reply = await post(`{${DATE}}`);
      expect(reply.status).toBe(400);
      expect(reply.body.messages).toEqual([
        expect.stringContaining('the schema of this data set cannot be used'),
      ]);
      expect(await stored()).toEqual([]);
      expect((await app.inject('/_status')).statusCode).toBe(200);
    },
  );

  test('is not slowed down by a number of five million digits', async () => {
    expect(await messages(`{${DATE},"count":${'1'.repeat(5_000_000)},"channel":"digital"}`)).toContain(
      'record 1: count must be integer',
    );
    expect(await messages(`{${DATE},"count":1.${'1'.repeat(5_000_000)},"channel":"digital"}`)).toHaveLength(
      1,
    );
  });
});
