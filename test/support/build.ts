import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/**
 * Builds the program, so that the tests run what users get. Nothing is removed first: another run of the tests may be
 * using it.
 */
export default function build(): void {
  const root = resolve(import.meta.dirname, '../..');
  execFileSync(process.execPath, ['scripts/build.ts', '--keep'], { cwd: root, stdio: 'inherit' });
}
