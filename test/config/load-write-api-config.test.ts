import { hash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { folderOf } from './folder.ts';

const FILE = `
storage: { file: data.sqlite }
data_sets:
  - data_group: carers-allowance
    data_type: transactions
    token: \${TOKEN}
    schema: schema.json
`;

function loadIn(files: Readonly<Record<string, string>>) {
  const folder = folderOf({ 'write-api.yaml': FILE, 'schema.json': '{ "type": "object" }', ...files });
  const options = { environment: { TOKEN: 'hunter2' }, currentDirectory: folder };
  const { config, problems } = loadWriteApiConfig('write-api.yaml', options);
  const messages = problems.map((problem) => formatProblem(problem, { excerpt: true })).join('\n');
  return { folder, config, messages, told: problems.map((problem) => formatProblem(problem)) };
}

test('write-api.yaml is read with absolute paths, hashed tokens and the schemas in its files', () => {
  const { folder, config, told } = loadIn({});
  expect(told).toEqual([]);
  expect(config).toMatchObject({
    storage: { file: join(folder, 'data.sqlite') },
    data_sets: [{ token_sha256: hash('sha256', 'hunter2', 'hex'), schema: { type: 'object' } }],
  });
  expect(JSON.stringify(config)).not.toContain('hunter2');
});

test('the token of dashboards is told by no message and no text of the configuration', () => {
  const { config } = loadIn({ 'write-api.yaml': `${FILE}dashboards_token: pages-secret\n` });
  expect(config?.dashboards_token?.reveal()).toBe('pages-secret');
  expect(JSON.stringify(config)).not.toContain('pages-secret');
  for (const wrong of [
    'dashboards_token: [pages-secret]',
    'dashboards_token pages-secret',
    'storge: 1\ndashboards_token: pages-secret',
  ]) {
    const { messages } = loadIn({ 'write-api.yaml': `${FILE}${wrong}\n` });
    expect(messages).not.toBe('');
    expect(messages).not.toContain('pages-secret');
  }
});

test.each([
  [
    'a mistyped key',
    FILE.replace('storage', 'storge'),
    '{}',
    '2:1  storge: expected a known key, got "storge"; did you mean "storage"?',
  ],
  [
    'an address of a database of another kind',
    FILE.replace('{ file: data.sqlite }', '{ url: mysql://writer:hunter2@host/x }'),
    '{}',
    '2:17  storage.url: expected an address such as postgres://user:password@host:5432/database, got another text',
  ],
  [
    'a schema that is not JSON',
    FILE,
    'x',
    '7:13  data_sets[0].schema: expected a file with a JSON Schema, got a file that is not JSON',
  ],
  [
    'a schema that is a list',
    FILE,
    '[]',
    '7:13  data_sets[0].schema: expected a file with a JSON Schema, got a file without a JSON object',
  ],
  [
    'a missing schema',
    FILE.replace('schema.json', 'none.json'),
    '{}',
    '7:13  data_sets[0].schema: expected a file with a JSON Schema, got no such file or directory',
  ],
])('%s is a mistake at its place', (_, file, schema, expected) => {
  const { config, told } = loadIn({ 'write-api.yaml': file, 'schema.json': schema });
  expect(told).toEqual([`write-api.yaml:${expected}`]);
  expect(config).toBeUndefined();
});

const TOO_SHORT = (what: string) =>
  `expected a ${what} of at least 3 characters, because messages leave it out wherever it stands, got a shorter one`;

test.each([
  ['a token', FILE.replace('${TOKEN}', 'ab'), `6:12  data_sets[0].token: ${TOO_SHORT('text')}`],
  [
    'a password in the address of a database',
    FILE.replace('{ file: data.sqlite }', '{ url: postgres://writer:%61b@host/x }'),
    `2:17  storage.url: ${TOO_SHORT('password')}`,
  ],
])('%s of two letters is refused', (_, file, expected) => {
  const { config, told } = loadIn({ 'write-api.yaml': file });
  expect(told).toEqual([`write-api.yaml:${expected}`]);
  expect(config).toBeUndefined();
});

test.each([
  ['a key', 'hunter2: x'],
  ['a value of another key', 'published: hunter2'],
  ['its base64', `published: ${Buffer.from('x:hunter2').toString('base64')}`],
  ['the message of a variable', 'name: "${UNSET:?set it to hunter2}"'],
])('a token that is told elsewhere is left out of messages: %s', (_, line) => {
  const { messages } = loadIn({ 'write-api.yaml': `${FILE}    ${line}\n` });
  expect(messages).toContain('<secret>');
  expect(messages).not.toMatch(/hunter2|aHVudGVyM|h1bnRlcj|odW50ZXIy/);
});
