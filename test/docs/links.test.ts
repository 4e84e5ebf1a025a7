import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** What a heading is called in a link, as GitHub calls it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/\\|`|[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');

const anchorsIn = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe.each(globSync('{*,docs/*}.md', { cwd: ROOT }))('%s', (name) => {
  test('leads to files and headings that there are', () => {
    const file = join(ROOT, name);
    const text = readFileSync(file, 'utf8').replaceAll(/^```.*?^```$/gms, '');
    for (const [link, target = '', anchor] of text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)) {
      const path = target === '' ? file : join(dirname(file), target);
      expect(existsSync(path), link).toBe(true);
      if (anchor !== undefined) expect(anchorsIn(path), link).toContain(anchor);
    }
  });
});
