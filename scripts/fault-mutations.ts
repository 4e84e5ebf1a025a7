import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Mode } from '../src/model/mode.ts';
import { MUTATIONS, type Mutation } from '../test/faults/mutations.ts';

/**
 * Breaks copies of the program on purpose, one way after the other, and sees whether `npm run faults`, or the
 * test that looks after it, finds it.
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
const PLANS = '2000';

/** What a copy is made of; packages are not copied. */
const COPIED = [
  ...['src', 'scripts', 'test', 'package.json', 'tsconfig.json', 'tsconfig.build.json'],
  ...['vitest.config.ts', 'vitest.quick.config.ts'],
];

/** A copy of the project with the mutation; its folder. */
function mutated({ file, find, replacement }: Mutation): string {
  const folder = mkdtempSync(join(tmpdir(), 'mutation-'));
  for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(find).length !== 2) throw new Error(`${file} no longer holds this once: ${find}`);
  writeFileSync(
    path,
    text.replace(find, () => replacement),
  );
  return folder;
}

/** Whether a campaign of the mode fails with the program built. */
function failsCampaign(folder: string, mode: Mode): boolean {
  const build = join(folder, 'scripts/build.ts');
  execFileSync(process.execPath, [build], { cwd: folder, stdio: 'inherit' });
  const options = ['--program', join(folder, 'dist/main.js'), '--mode', mode, '--minutes', MINUTES];
  const { status, stdout } = spawnSync(process.execPath, [HARNESS, ...options], { encoding: 'utf8' });
  if (status === 1)
    process.stdout.write(`${stdout.split('\n').find((line) => /^ {2}(?!run |npm )\S/.test(line)) ?? ''}\n`);
  for (const [, kept] of stdout.matchAll(/^ {2}files: (\/\S+)$/gm))
    if (kept !== undefined) rmSync(kept, { recursive: true, force: true });
  return status === 1 && stdout.includes('FAILED');
}

/** Whether a property that a file of tests states is found not to hold. */
function failsTest(folder: string, test: string): boolean {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const options = [vitest, 'run', '--root', folder, test];
  const env = { ...process.env, SEND_CHANGED_PLANS: PLANS };
  const { status, stdout, stderr } = spawnSync(process.execPath, options, {
    ...{ cwd: folder, env },
    encoding: 'utf8',
  });
  const found = /Property failed after \d+ tests|AssertionError.*/.exec(stdout + stderr);
  if (found !== null) process.stdout.write(`  ${found[0]}\n`);
  return status === 1 && found !== null;
}

function isFound(mutation: Mutation): boolean {
  const folder = mutated(mutation);
  const { shows } = mutation;
  try {
    return 'mode' in shows ? failsCampaign(folder, shows.mode) : failsTest(folder, shows.test);
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
