#!/usr/bin/env node
import module from 'node:module';
import { setFlagsFromString } from 'node:v8';

// Before anything is loaded: what V8 has taken for young objects it keeps, and a collector beside a database should not
// hold memory that it does not need. Measured with 1,000,000 rows: 13 MB less for 3 % more processor time.
setFlagsFromString('--semi-space-growth-factor=1');

// Nothing is imported before the version is known to be new enough: older ones crash in native code, without a word.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 19)) {
  module.enableCompileCache();
  const { main } = await import('./cli/main.ts');
  await main();
} else {
  process.stderr.write(
    `pp-db-collector needs Node.js 22.19 or newer, and this is ${process.versions.node} (${process.execPath}). ` +
      'Install a newer one from https://nodejs.org, or use the container image.\n',
  );
  process.exitCode = 1;
}
