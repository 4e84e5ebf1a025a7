import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

/** The file whose keys all jobs in its folder and below take unless they set them themselves. */
export const DEFAULTS_FILES: readonly string[] = ['defaults.yaml', 'defaults.yml'];

/** The name of a job: the base name of its file. */
export const jobName = (path: string): string => basename(path, extname(path));

export const isJobName = (name: string): boolean => /^[a-z0-9][a-z0-9-]*$/.test(name);

/** The files of a folder of collectors, sorted by path. */
export interface FilesOfCollectors {
  readonly jobs: readonly string[];
  /** Files that somebody may take for job files, and nobody reads. */
  readonly strays: readonly string[];
}

/**
 * The job files of a folder and the folders in it, sorted by path. Names that begin with a dot are left out: mounted
 * volumes keep their versions under such names, and links to them beside. Throws what the file system throws.
 */
export function findJobFiles(folder: string): FilesOfCollectors {
  const files = visibleFilesBelow(folder, new Set()).sort();
  const jobs = files.filter((path) => /\.ya?ml$/.test(path) && !DEFAULTS_FILES.includes(basename(path)));
  return { jobs, strays: files.filter((path) => isStray(basename(path))) };
}

/** Made by editors, or set aside by people. */
const SET_ASIDE = /~$|^#|\.(?:swp|swo|bak|orig|old|save|tmp|rej|disabled|off|example|sample|template|dist)$/i;

function isStray(name: string): boolean {
  if (/\.ya?ml$/.test(name) || SET_ASIDE.test(name)) return false;
  return (
    /\.(?:ya?ml(?:\.\w+)?|json5?)$/i.test(name) ||
    (!name.includes('.') && /[a-z]/.test(name) && !/^readme/i.test(name))
  );
}

/** `above`: the real paths of the folders on the way, to stop where a link leads back up. */
function visibleFilesBelow(folder: string, above: ReadonlySet<string>): string[] {
  const real = realpathSync(folder);
  if (above.has(real)) return [];
  const way = new Set([...above, real]);
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) return [];
    if (entry.isDirectory() || (entry.isSymbolicLink() && isFolder(path)))
      return visibleFilesBelow(path, way);
    return [path];
  });
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
