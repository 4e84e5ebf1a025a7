import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { writeApiSchema } from '../../src/config/schema/write-api-schema.ts';

const dataSet = { data_group: 'carers-allowance', data_type: 'transaction-count', token: 'the-token' };

describe('write-api.yaml', () => {
  test('needs data sets only, and keeps the hashes of their tokens', () => {
    expect(writeApiSchema.parse({ data_sets: [dataSet] })).toEqual({
      listen: { host: '127.0.0.1', port: 3039 },
      storage: { file: 'data/write-api.sqlite' },
      data_sets: [
        {
          data_group: 'carers-allowance',
          data_type: 'transaction-count',
          name: 'carers_allowance_transaction_count',
          token_sha256: hash('sha256', 'the-token'),
          auto_ids: [],
          max_age_expected: 2_678_400,
        },
      ],
    });
  });

  test('never prints the address of the database, which holds a password', () => {
    const url = 'postgres://writer:hunter2@localhost/records';
    const { storage } = writeApiSchema.parse({ storage: { url }, data_sets: [dataSet] });
    expect('url' in storage && storage.url.reveal()).toBe(url);
    expect(JSON.stringify(storage)).toBe('{"url":"<secret>"}');
  });

  test.each([
    ['[::1]:80', { host: '::1', port: 80 }],
    ['0.0.0.0:0', { host: '0.0.0.0', port: 0 }],
    ['localhost:65535', { host: 'localhost', port: 65_535 }],
  ])('listens on %s', (listen, expected) => {
    expect(writeApiSchema.parse({ listen, data_sets: [dataSet] }).listen).toEqual(expected);
  });

  test.each([
    ['no data sets', { data_sets: [] }],
    ['a port out of range', { listen: 'localhost:65536', data_sets: [dataSet] }],
    ['a host without port', { listen: 'localhost', data_sets: [dataSet] }],
    ['an unknown key', { data_sets: [dataSet], storag: {} }],
    ['a token and its hash', { data_sets: [{ ...dataSet, token_sha256: hash('sha256', 'x') }] }],
    ['neither token nor hash', { data_sets: [{ ...dataSet, token: undefined }] }],
    ['a file and a database', { data_sets: [dataSet], storage: { file: 'x', url: 'postgres://host/x' } }],
    ['a database of another kind', { data_sets: [dataSet], storage: { url: 'mysql://host/x' } }],
    ['a database without an address', { data_sets: [dataSet], storage: { url: 'postgres://ho st/x' } }],
    ['half a hash', { data_sets: [{ ...dataSet, token: undefined, token_sha256: 'abc' }] }],
    ['an empty token', { data_sets: [{ ...dataSet, token: '' }] }],
    ['a data set twice', { data_sets: [dataSet, { ...dataSet, name: 'other' }] }],
    ['a name twice', { data_sets: [dataSet, { ...dataSet, data_type: 'transaction_count' }] }],
  ])('refuses %s', (_what, content) => {
    expect(writeApiSchema.safeParse(content).success).toBe(false);
  });

  test('has a JSON Schema for editors', () => {
    expect(z.toJSONSchema(writeApiSchema, { io: 'input' })).toMatchObject({ required: ['data_sets'] });
  });
});
