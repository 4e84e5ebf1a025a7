import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { installDebianPackage } from '../support/debian-package.ts';

const EXECUTABLE = '/usr/bin/chromium';

/** Debian's Chromium, installed where it is missing. */
export async function startChromium(...switches: readonly string[]): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) installDebianPackage('chromium');
  // Chromium refuses to run its sandbox as root, which tests in containers are.
  const args = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...switches];
  return await chromium.launch({ executablePath: EXECUTABLE, args });
}
