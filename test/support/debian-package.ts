import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Held while packages are installed: of two `apt-get update` at the same time one fails, whatever its patience. */
const LOCK = join(tmpdir(), 'pp-db-collector-tests-apt.lock');

/**
 * Installs a Debian package where that is possible; elsewhere throws an error that says what to do.
 * @param otherwise what else would help
 */
export function installDebianPackage(name: string, otherwise = ''): void {
  try {
    if (process.getuid?.() !== 0) throw new Error('only root can install packages');
    apt('update', '--quiet=2');
    apt('install', '--yes', '--no-install-recommends', name);
  } catch (cause) {
    throw new Error(`the tests need ${name}: install it${otherwise}`, { cause });
  }
}

function apt(...args: readonly string[]): void {
  // Somebody who is no test of ours may be installing something, too.
  const patient = ['--option', 'DPkg::Lock::Timeout=300'];
  execFileSync('flock', [LOCK, 'apt-get', ...patient, ...args], { stdio: 'inherit' });
}
