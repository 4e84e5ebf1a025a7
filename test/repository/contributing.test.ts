import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const SCRIPTS = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;

describe.each(['CONTRIBUTING.md', 'SECURITY.md'])('%s', (file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');

  test('names files, folders and scripts that there are', () => {
    for (const [, path = ''] of text.matchAll(/`((?:src|test|\.github)\/[^`<]*)`/g))
      expect(globSync(path, { cwd: ROOT }), path).not.toEqual([]);
    for (const [, script = ''] of text.matchAll(/`npm (?:run )?(test\b|(?<=run )[\w:]+)/g))
      expect(SCRIPTS).toHaveProperty([script]);
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g))
      expect(existsSync(join(ROOT, link)), link).toBe(true);
  });

  test('is linked from the README', () => {
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`](${file})`);
  });
});

test('CONTRIBUTING.md names every folder of tests that the quick ones leave out', () => {
  const config = readFileSync(join(ROOT, 'vitest.quick.config.ts'), 'utf8');
  const [, folders = ''] = /test\/\{([\w,-]+)\}/.exec(config) ?? [];
  const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  expect(folders.split(',').filter((folder) => !text.includes(`\`test/${folder}/\``))).toEqual([]);
});
