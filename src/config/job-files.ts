import { basename } from 'node:path';
import { findYamlFiles, type YamlFiles } from './yaml-files.ts';

/** The file whose keys all jobs in its folder and below take unless they set them themselves. */
export const DEFAULTS_FILES: readonly string[] = ['defaults.yaml', 'defaults.yml'];

/** The job files of a folder and the folders in it, sorted by path. Throws what the file system throws. */
export function findJobFiles(folder: string): YamlFiles {
  const { files, strays } = findYamlFiles(folder);
  return { files: files.filter((path) => !DEFAULTS_FILES.includes(basename(path))), strays };
}
