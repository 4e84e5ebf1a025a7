import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { State } from '../../src/model/state.ts';
import { openDatabase } from '../../src/state/sqlite/open-database.ts';
import { openSqliteState, stateIn } from '../../src/state/sqlite/open-state.ts';

/** A state on a disk that can be made full. */
export interface SmallDisk {
  readonly file: string;
  open(): State;
  fill(): void;
  makeRoom(): void;
}

const MEGABYTE = 1_048_576;

/** A real, small file system where one may be mounted; elsewhere SQLite's own limit of the file's size. */
export function smallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'));
  const remove = () => rmSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${4 * MEGABYTE}`, 'none', folder], { stdio: 'ignore' });
  } catch {
    onTestFinished(remove);
    return withLimit(join(folder, 'collector.sqlite'));
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder]);
    remove();
  });
  return mounted(folder);
}

function mounted(folder: string): SmallDisk {
  const file = join(folder, 'state', 'collector.sqlite');
  const ballast = join(folder, 'ballast');
  return {
    file,
    open: () => openSqliteState(file),
    fill: () => {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize));
    },
    makeRoom: () => rmSync(ballast),
  };
}

function withLimit(file: string): SmallDisk {
  mkdirSync(join(file, '..'), { recursive: true });
  const databases: ReturnType<typeof openDatabase>[] = [];
  const limit = (pages: (used: number) => number) => {
    for (const database of databases.filter(({ open }) => open)) {
      const used = Number(database.pragma('page_count', { simple: true }));
      database.pragma(`max_page_count = ${pages(used)}`);
    }
  };
  return {
    file,
    open: () => {
      const database = openDatabase(file);
      databases.push(database);
      return stateIn(database);
    },
    fill: () => limit((used) => used),
    makeRoom: () => limit(() => 1_000_000),
  };
}
