import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, lchownSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Database } from './fault-kinds.ts';

/** The user of the application that writes the file, the collector's, and the group that both belong to. */
const OWNER = 64_001;
export const COLLECTOR = { uid: 64_002, gid: 64_003 } as const;

/** Only root may start processes of other users. */
export const canBeForeign = (database: Database): boolean =>
  database === 'better-sqlite3' && process.getuid?.() === 0;

/**
 * Gives the file to its application, in a folder as an operator would share it: of the group, and so is what comes into
 * it.
 */
export function giveToOwner(file: string): void {
  const folder = dirname(file);
  for (const name of readdirSync(folder)) lchownSync(join(folder, name), OWNER, COLLECTOR.gid);
  chownSync(folder, OWNER, COLLECTOR.gid);
  chmodSync(folder, 0o2770);
  chmodSync(file, 0o660);
}

/**
 * Gives the collector its own folder and what is in it; the source in it has another owner, who must be able to pass.
 */
export function giveToCollector(folder: string): void {
  chmodSync(folder, 0o711);
  for (const name of ['.', 'config.yaml', 'collectors', 'collectors/rows.yaml'])
    chownSync(join(folder, name), COLLECTOR.uid, COLLECTOR.gid);
}

const SQLITE = createRequire(import.meta.url).resolve('better-sqlite3');
const WRITE = `const database = new (require(process.argv[1]))(process.argv[2], { timeout: 10_000 });
database.exec('BEGIN IMMEDIATE; PRAGMA user_version = 1; COMMIT');
database.close();`;

/** What keeps the application from writing to its file; undefined: nothing. */
export function ownerIsLockedOut(file: string): string | undefined {
  try {
    const options = { uid: OWNER, gid: COLLECTOR.gid, cwd: '/', stdio: 'pipe' } as const;
    execFileSync(process.execPath, ['-e', WRITE, SQLITE, file], options);
    return undefined;
  } catch (error) {
    return `the owner of ${file} cannot write to it: ${error instanceof Error ? error.message : error}`;
  }
}
