import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { type Finding, findingOfFile } from './finding.ts';
import { shownPath } from './yaml/source-file.ts';

/** What a file describes has the base name of the file. */
export const nameOfFile = (path: string): string => basename(path, extname(path));

export const NAME_PATTERN = /^[a-z0-9][a-z0-9-]*$/;
export const NAME_FORM = 'small letters, digits and -, beginning with a letter or digit';

export const isNameOfFile = (name: string): boolean => NAME_PATTERN.test(name);

/** The files of a folder, sorted by path. */
export interface YamlFiles {
  readonly files: readonly string[];
  /** Files that somebody may take for such files, and nobody reads. */
  readonly strays: readonly string[];
}

/**
 * The YAML files of a folder and the folders in it, sorted by path. Names that begin with a dot are left out: mounted
 * volumes keep their versions under such names, and links to them beside. Throws what the file system throws.
 */
export function findYamlFiles(folder: string): YamlFiles {
  const all = visibleFilesBelow(folder, new Set()).sort();
  return {
    files: all.filter((path) => /\.ya?ml$/.test(path)),
    strays: all.filter((path) => isStray(basename(path))),
  };
}

/** What is told of files that are passed over. @param kind `a job file` */
export const strayFindings = (strays: readonly string[], kind: string, currentDirectory: string): Finding[] =>
  strays.map((stray) =>
    findingOfFile(shownPath(stray, currentDirectory), {
      severity: 'warning',
      code: 'stray-file',
      message: 'expected a file name that ends in .yaml or .yml, got one that is passed over',
      suggestion: `rename it if it is ${kind}, or move it elsewhere`,
    }),
  );

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
