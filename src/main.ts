#!/usr/bin/env node
// Nothing is imported before the version is known to be new enough: older ones crash in native code, without a word.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 19)) {
  const { main } = await import('./cli/main.ts');
  await main();
} else {
  process.stderr.write(
    `pp-db-collector needs Node.js 22.19 or newer, and this is ${process.versions.node} (${process.execPath}). ` +
      'Install a newer one from https://nodejs.org, or use the container image.\n',
  );
  process.exitCode = 1;
}
