import { type FSWatcher, watch } from 'node:fs';

/** Editors and ConfigMaps change several things in a row. */
const QUIET = 500;

/**
 * Calls `changed` once things in the folders, and in the folders below, have changed and it is quiet again. Folders are watched and not
 * files, so that a file or a symbolic link that is put in the place of another one is seen, too. Returns what stops it.
 */
export function watchFolders(folders: readonly string[], changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const noticed = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET);
  };
  const watchers = [...new Set(folders)].map((folder): FSWatcher => {
    const watcher = watch(folder, { recursive: true, persistent: false }, noticed);
    // A folder that is gone is noticed when it is read.
    return watcher.on('error', noticed);
  });
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
