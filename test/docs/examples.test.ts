import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { loadWriteApiConfig } from '../../src/config/load-write-api-config.ts';
import { Workplace } from '../support/program.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');
const blocks = (text: string) => [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);

const ENVIRONMENT = {
  BENEFITS_DATABASE_URL: 'postgres://reader@localhost/benefits',
  CARERS_ALLOWANCE_TOKEN: 'secret',
};

let workplace: Workplace;

beforeEach(() => {
  workplace = new Workplace();
});

afterEach(() => workplace.remove());

const load = () =>
  loadConfig('config.yaml', { environment: ENVIRONMENT, currentDirectory: workplace.folder });

test('the first job of the README loads as it stands', () => {
  const [config = '', job = ''] = blocks(read('README.md'));
  workplace.write('config.yaml', config);
  workplace.write('collectors/transactions-by-channel.yaml', job);
  const loaded = load();
  expect(loaded.problems).toEqual([]);
  expect(loaded.config?.jobs.map(({ name }) => name)).toEqual(['transactions-by-channel']);
});

describe('docs/getting-started.md', () => {
  const examples = blocks(read('docs/getting-started.md'));

  test('has a config.yaml that loads', () => {
    workplace.write('config.yaml', examples.find((block) => block.startsWith('write_api:')) ?? '');
    workplace.write('collectors/.keep', '');
    expect(load().config?.databases).toHaveProperty('benefits');
  });

  test('has a write-api.yaml that loads', () => {
    workplace.write('write-api.yaml', examples.find((block) => block.startsWith('listen:')) ?? '');
    const options = { environment: ENVIRONMENT, currentDirectory: workplace.folder };
    expect(loadWriteApiConfig('write-api.yaml', options).problems).toEqual([]);
  });
});

test('every link of the documents leads to a file', () => {
  const documents = [
    'README.md',
    'CHANGELOG.md',
    ...readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  const broken = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => join(ROOT, document, '..', target))
      .filter((path) => !exists(path))
      .map((path) => `${document}: ${path}`),
  );
  expect(broken).toEqual([]);
});

function exists(path: string): boolean {
  try {
    return readFileSync(path) !== undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR';
  }
}
