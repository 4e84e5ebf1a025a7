import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { State } from '../model/state.ts';

/** Editors and ConfigMaps change several things in a row. */
const QUIET = 500;

/**
 * Calls `changed` once a file, or a file in a folder or below it, has changed and it is quiet again. Folders are
 * watched and not files, so that what is put in the place of another file or symbolic link is seen, too; and what the
 * files are is compared, because other things may change beside them, such as the state. Returns what stops it.
 *
 * @param file its own folder is watched @param folder watched with all that is below
 */
export function watchFiles(file: string, folder: string, changed: () => void): () => void {
  let known = signatureOf(file, folder);
  let timer: NodeJS.Timeout | undefined;
  const compare = () => {
    const now = signatureOf(file, folder);
    if (now === known) return;
    known = now;
    changed();
  };
  const noticed = () => {
    clearTimeout(timer);
    timer = setTimeout(compare, QUIET);
  };
  const watchers = [
    watch(join(file, '..'), { persistent: false }, noticed),
    watch(folder, { recursive: true, persistent: false }, noticed),
  ].map((watcher): FSWatcher => watcher.on('error', noticed));
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

/** Which files there are, and which version of each. */
function signatureOf(file: string, folder: string): string {
  return [file, ...filesBelow(folder)].map(versionOf).join('\n');
}

function filesBelow(folder: string): string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.sort().map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Of what a symbolic link leads to. */
function versionOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return `${path} is not there`;
  // A folder changes with what is in it, which is told by the files.
  return found.isDirectory() ? path : [path, found.ino, found.size, found.mtimeMs].join(' ');
}

/** Milliseconds. */
const EVERY = 5_000;

interface StateWatcher {
  /** Told once until it is back. @param error why */
  lost(error: Error): void;
  back(): void;
}

/** Tells when the state cannot be used, and when it can again, also while no job runs. Returns what stops it. */
export function watchState(state: Pick<State, 'jobs'>, watcher: StateWatcher, every = EVERY): () => void {
  let isLost = false;
  const look = async () => {
    try {
      await state.jobs();
      if (isLost) watcher.back();
      isLost = false;
    } catch (error) {
      // Another process that has the file for long does its work, and then it is free again.
      if (isLost || !(error instanceof Error) || ('isBusy' in error && error.isBusy)) return;
      isLost = true;
      watcher.lost(error);
    }
  };
  const timer = setInterval(() => void look(), every).unref();
  return () => clearInterval(timer);
}
