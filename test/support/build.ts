import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/**
 * Builds the program, so that the tests run what users get. Nothing is removed first: another run of the tests may be
 * using it.
 */
export default function build(): void {
  const root = resolve(import.meta.dirname, '../..');
  const options = { cwd: root, stdio: 'inherit' } as const;
  execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json'], options);
  execFileSync('npm', ['run', '--silent', 'build:styles'], options);
}
