import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WRITTEN, writeOutput } from '../../src/cli/export/output-folder.ts';
import type { Terminal } from '../../src/cli/shell/terminal.ts';
import { temporaryFolder } from './exportables.ts';

let folder: string;
let told: string;
const terminal = () => ({ directory: folder, tell: (text: string) => (told += text) }) as unknown as Terminal;
const written = (...names: string[]) => names.map((name) => ({ name, text: `${WRITTEN} x\`\n${name}\n` }));

beforeEach(() => {
  folder = temporaryFolder();
  told = '';
});
afterEach(() => rmSync(folder, { recursive: true }));

test('an export takes the place of an earlier one, and names what only that one wrote', () => {
  writeOutput('out/deep', written('a.yaml', 'b.yaml'), terminal());
  writeOutput('out/deep', written('a.yaml', 'c.yaml'), terminal());
  expect(readdirSync(join(folder, 'out/deep'))).toEqual(['a.yaml', 'b.yaml', 'c.yaml']);
  expect(told).toContain('left b.yaml, which only an earlier export wrote\n');
  expect(told).not.toContain('left a.yaml');
});

test('a file of somebody else stays, and nothing is written beside it', () => {
  writeFileSync(join(folder, 'b.yaml'), 'mine\n');
  expect(() => writeOutput('.', written('a.yaml', 'b.yaml'), terminal())).toThrow(
    'b.yaml was not written by an export',
  );
  expect(readdirSync(folder)).toEqual(['b.yaml']);
  expect(readFileSync(join(folder, 'b.yaml'), 'utf8')).toBe('mine\n');
});
