import { execFileSync } from 'node:child_process';

/**
 * Installs a Debian package where that is possible; elsewhere throws an error that says what to do.
 * @param otherwise what else would help
 */
export function installDebianPackage(name: string, otherwise = ''): void {
  try {
    if (process.getuid?.() !== 0) throw new Error('only root can install packages');
    execFileSync('apt-get', ['update', '--quiet=2'], { stdio: 'inherit' });
    execFileSync('apt-get', ['install', '--yes', '--no-install-recommends', name], { stdio: 'inherit' });
  } catch (cause) {
    throw new Error(`the tests need ${name}: install it${otherwise}`, { cause });
  }
}
