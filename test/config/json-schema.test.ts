import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { withReferences } from '../../scripts/configuration-reference.ts';
import { jsonSchemaOf, knownKeys } from '../../src/config/schema/json-schema.ts';
import { DASHBOARD } from './dashboards.ts';
import { CONFIG, CURSOR_JOB, JOB, SNAPSHOT_JOB } from './folder.ts';

const validator = (kind: 'config' | 'job' | 'dashboard') =>
  new Ajv2020({ strict: false, formats: { date: true } }).compile(jsonSchemaOf(kind));

describe.each(['config', 'job', 'dashboard'] as const)('schema/%s.json', (kind) => {
  test('is current (npm run generate writes it anew)', () => {
    const file = join(import.meta.dirname, '../../schema', `${kind}.json`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(jsonSchemaOf(kind));
  });
});

describe('docs/configuration.md', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');

  test('is current (npm run generate writes it anew)', () => {
    expect(text).toBe(withReferences(text));
  });

  test('explains every key', () => {
    expect(text.match(/^\| `.*\| {2}\|$/gm)).toBeNull();
  });
});

describe('the JSON Schema', () => {
  test.each([
    ['config', CONFIG],
    ['job', JOB],
    ['job', JOB.replace('period: day', 'period: ${PERIOD}\n  lookback: ${LOOKBACK}')],
    ['job', JOB.replace('database: benefits', '')],
    ['job', JOB.replace(/query: \|\n.*\n/, 'query_file: a.sql\n')],
    ['job', CURSOR_JOB],
    ['job', SNAPSHOT_JOB],
    ['job', SNAPSHOT_JOB.replace('data_set:', 'data_set:\n  replace: true')],
    ['job', JOB.replace('data_set:', 'data_set:\n  replace: false')],
    ['dashboard', DASHBOARD],
    // The folder's defaults.yaml may give the mode.
    ['job', SNAPSHOT_JOB.replace('snapshot: { period: hour }\n', '')],
  ] as const)('takes what the loader takes: %s %#', (kind, text) => {
    const validate = validator(kind);
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });

  test.each([
    ['config', CONFIG.replace('url:', 'uri:')],
    ['job', JOB.replace('period: day', 'period: dya')],
    ['job', JOB.replace('schedule', 'shedule')],
    ['job', JOB.replace('period: day', 'period: day\n  lookback: x')],
    ['dashboard', DASHBOARD.replace('tagline', 'tagline_')],
    ['dashboard', DASHBOARD.replace('digital_take_up', 'digital_takeup')],
    ['dashboard', DASHBOARD.replace('period: week', 'period: ${PERIOD}')],
    ['job', `${JOB}snapshot: { period: hour }\n`],
    ['job', `${CURSOR_JOB}snapshot: { period: hour }\n`],
    ['job', JOB.replace('data_set:', 'data_set:\n  replace: true')],
    ['job', CURSOR_JOB.replace('data_set:', 'data_set:\n  replace: true')],
    ['job', CURSOR_JOB.replace('columns: [updated_at, id]', 'columns: [updated-at, id]')],
  ] as const)('refuses what the loader refuses: %s %#', (kind, text) => {
    expect(validator(kind)(parse(text))).toBe(false);
  });
});

test('the keys of a mapping are known wherever it may stand', () => {
  expect(knownKeys('config', ['databases', 'any', 'connection'])).toContain('filename');
  expect(knownKeys('job', ['record', 'fields', 'any'])).toEqual([
    'value',
    'column',
    'as',
    'case',
    'map',
    'default',
  ]);
  expect(knownKeys('job', ['record', 'id'])).toEqual(['fields', 'style', 'separator', 'charset']);
  expect(knownKeys('job', ['record', 'nothing'])).toEqual([]);
});
