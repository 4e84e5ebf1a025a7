import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Builds the program, so that the tests run what users get. */
export default function build(): void {
  const root = resolve(import.meta.dirname, '../..');
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
}
