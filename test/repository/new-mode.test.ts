import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'new-mode-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** A copy of the program in which jobs may have a fourth mode, of which nothing else knows. */
function withFourthMode(): void {
  cpSync(join(ROOT, 'src'), join(folder, 'src'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const project = { extends: join(ROOT, 'tsconfig.json'), include: ['src'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
  const table = join(folder, 'src/model/mode.ts');
  const text = readFileSync(table, 'utf8');
  const changed = text.replace(/^ {2}snapshot: (\{[^}]*\},\n)/m, '$&  table: $1');
  expect(changed).not.toBe(text);
  writeFileSync(table, changed);
}

/** The files in which the compiler finds something missing. */
function incomplete(): string[] {
  const compiler = join(ROOT, 'node_modules/.bin/tsc');
  const { stdout } = spawnSync(compiler, ['--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
  return [
    ...new Set([...stdout.matchAll(/^(\S+?)\(\d+,\d+\): error/gm)].map(([, file = '']) => file)),
  ].sort();
}

/** The files that say something for each mode. */
function tellingApart(): string[] {
  const saying = /switch \((?:\w+\??\.mode|mode\.kind)\)|Record<Mode, /;
  return globSync('src/**/*.ts', { cwd: ROOT })
    .filter((file) => saying.test(readFileSync(join(ROOT, file), 'utf8')))
    .sort();
}

test('the compiler asks for a new mode of jobs wherever modes are told apart', () => {
  withFourthMode();
  // Its settings are no part of a job before the schema has them.
  expect(incomplete()).toEqual([...tellingApart(), 'src/config/config.ts'].sort());
});
