import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MUTATIONS, type Mutation } from '../test/faults/mutations.ts';

/**
 * Breaks copies of the program on purpose, one way after the other, and sees whether `npm run faults` finds it.
 * Arguments: parts of the mutations' names; none: all. `--root DIR`: a copy of the
 * project to break instead of this one. Ends with exit code 1 when one is not found.
 */

const { values, positionals } = parseArgs({
  options: { root: { type: 'string', default: resolve(import.meta.dirname, '..') } },
  allowPositionals: true,
});
const HARNESS = resolve(import.meta.dirname, 'faults.ts');
const ROOT = resolve(values.root);
const MINUTES = '3';

/** A built copy of the program with the mutation; the folder of it. */
function mutated({ file, find, replacement }: Mutation): string {
  const folder = mkdtempSync(join(tmpdir(), 'mutation-'));
  for (const name of ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(find).length !== 2) throw new Error(`${file} no longer holds this once: ${find}`);
  writeFileSync(
    path,
    text.replace(find, () => replacement),
  );
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: folder, stdio: 'inherit' });
  execFileSync('npm', ['run', '--silent', 'build:styles'], { cwd: folder, stdio: 'inherit' });
  return folder;
}

function isFound(mutation: Mutation): boolean {
  const folder = mutated(mutation);
  try {
    const program = join(folder, 'dist/main.js');
    const options = ['--program', program, '--mode', mutation.mode, '--minutes', MINUTES];
    const { status, stdout } = spawnSync(process.execPath, [HARNESS, ...options], {
      encoding: 'utf8',
    });
    if (status === 1)
      process.stdout.write(`${stdout.split('\n').find((line) => /^ {2}(?!run |npm )\S/.test(line)) ?? ''}\n`);
    for (const [, kept] of stdout.matchAll(/^ {2}files: (\/\S+)$/gm))
      if (kept !== undefined) rmSync(kept, { recursive: true, force: true });
    return status === 1 && stdout.includes('FAILED');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const mutation of MUTATIONS) {
  if (positionals.length > 0 && !positionals.some((part) => mutation.name.includes(part))) continue;
  const found = isFound(mutation);
  process.stdout.write(`${found ? 'found' : 'NOT FOUND'}: ${mutation.name}\n`);
  if (!found) process.exitCode = 1;
}
