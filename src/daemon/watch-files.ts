import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';

/** Editors and ConfigMaps change several things in a row. */
const QUIET = 500;

/**
 * Calls `changed` once a file, or a file in a folder or below it, has changed and it is quiet again. Folders are
 * watched and not files, so that what is put in the place of another file or symbolic link is seen, too; and what the
 * files are is compared, because other things may change beside them, such as the state. Returns what stops it.
 *
 * @param files the folder of each is watched @param folder watched with all that is below
 */
export function watchFiles(files: readonly string[], folder: string, changed: () => void): () => void {
  let known = signatureOf(files, folder);
  let timer: NodeJS.Timeout | undefined;
  const compare = () => {
    const now = signatureOf(files, folder);
    if (now === known) return;
    known = now;
    changed();
  };
  const noticed = () => {
    clearTimeout(timer);
    timer = setTimeout(compare, QUIET);
  };
  const watchers = [
    ...foldersOf(files).map((path) => watch(path, { persistent: false }, noticed)),
    watch(folder, { recursive: true, persistent: false }, noticed),
  ].map((watcher): FSWatcher => watcher.on('error', noticed));
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

const foldersOf = (files: readonly string[]): string[] => [...new Set(files.map((file) => dirname(file)))];

/** Which files there are, and which version of each. */
function signatureOf(files: readonly string[], folder: string): string {
  return [...files, ...filesBelow(folder)].map(versionOf).join('\n');
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
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return `${path} is not there`;
  // A folder changes with what is in it, which is told by the files.
  return stats.isDirectory() ? path : [path, stats.ino, stats.size, stats.mtimeMs].join(' ');
}
