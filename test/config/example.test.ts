import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type JsonSchema, jsonSchemaOf } from '../../src/config/schema/json-schema.ts';
import { CONFIG, loadFiles } from './folder.ts';

const EXAMPLE = readFileSync(join(import.meta.dirname, '../../config.example.yaml'), 'utf8');
const environment = {
  DATABASE_URL: 'postgres://localhost/a',
  BENEFITS_DATABASE_URL: 'postgres://localhost/a',
  TOKEN: 'the-token',
};

function keysOf(schema: JsonSchema): string[] {
  const below = [...Object.values(schema.properties ?? {}), ...(schema.anyOf ?? [])].flatMap(keysOf);
  const additional =
    typeof schema.additionalProperties === 'object' ? keysOf(schema.additionalProperties) : [];
  return [...Object.keys(schema.properties ?? {}), ...below, ...additional];
}

describe('config.example.yaml', () => {
  test('says nothing but the defaults', () => {
    const ofFiles = (text: string) => loadFiles({ 'config.yaml': text }, environment).config;
    const { state: _, collectors: __, ...minimal } = ofFiles(CONFIG) ?? {};
    const { state, collectors, ...example } = ofFiles(EXAMPLE) ?? {};
    expect(minimal).toHaveProperty('write_api');
    expect(example).toEqual(minimal);
    expect(collectors).toMatch(/\/collectors$/);
    expect(state).toEqual({ file: expect.stringMatching(/state\/collector\.sqlite$/) });
  });

  test('has every key', () => {
    const missing = keysOf(jsonSchemaOf('config')).filter(
      (key) =>
        !new RegExp(`\\b${key}: `).test(EXAMPLE) &&
        !EXAMPLE.includes(`${key}:\n`) &&
        !EXAMPLE.includes(`${key}:  `),
    );
    expect(missing).toEqual([]);
  });

  test('is right where it is commented out', () => {
    const text = EXAMPLE.replace(/^( *)# (?=(?: *)[a-z_]+:)/gm, '$1');
    const { problems } = loadFiles(
      {
        'config.yaml': text.replace('/etc/ssl/department.pem', 'ca.pem'),
        'ca.pem': '-----BEGIN CERTIFICATE-----',
        'payments-ca.pem': '-----BEGIN CERTIFICATE-----',
        secret: 'the-secret',
      },
      { ...environment, COLLECTOR_PROXY: 'http://proxy.example:3128' },
    );
    expect(problems.map(({ message }) => message)).toEqual([
      'expected a readable file for ${file:/run/secrets/payments}, got no such file or directory',
    ]);
  });
});
