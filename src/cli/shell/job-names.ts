import { dirname, resolve } from 'node:path';
import { findJobFiles, isJobName, jobName } from '../../config/job-files.ts';
import { parseFile } from '../../config/yaml/parse-file.ts';
import { textAt } from '../../config/yaml/tree.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/**
 * `job-names`, for completion scripts: a name a line, from the names of the files without reading them. Silent about everything
 * that is wrong: somebody is in the middle of typing.
 */
export async function jobNames(configFile: string | undefined, terminal: Terminal): Promise<ExitCode> {
  const { environment, directory } = terminal;
  const path = resolve(directory, configFile ?? 'config.yaml');
  const { tree } = parseFile(path, ONLY_COLLECTORS, { environment, currentDirectory: directory });
  const named = tree === undefined ? undefined : textAt(tree, 'collectors')?.value;
  const names = namesBelow(resolve(dirname(path), named ?? 'collectors'));
  await terminal.print(names.map((name) => `${name}\n`).join(''));
  return EXIT.success;
}

/** Of the whole schema, which takes long to load, no more is needed. */
const ONLY_COLLECTORS = { name: 'a config.yaml', keys: ['collectors'] };

function namesBelow(folder: string): string[] {
  try {
    return [...new Set(findJobFiles(folder).jobs.map(jobName))].filter(isJobName).sort();
  } catch {
    return [];
  }
}
