import { execFileSync } from 'node:child_process';

/**
 * Installs a Debian package where that is possible; elsewhere throws an error that says what to do.
 * @param otherwise what else would help
 */
export function installDebianPackage(name: string, otherwise = ''): void {
  try {
    if (process.getuid?.() !== 0) throw new Error('only root can install packages');
    // Another test may be installing something at the same time.
    const patient = ['--option', 'DPkg::Lock::Timeout=300'];
    execFileSync('apt-get', ['update', '--quiet=2', ...patient], { stdio: 'inherit' });
    execFileSync('apt-get', ['install', '--yes', '--no-install-recommends', ...patient, name], {
      stdio: 'inherit',
    });
  } catch (cause) {
    throw new Error(`the tests need ${name}: install it${otherwise}`, { cause });
  }
}
