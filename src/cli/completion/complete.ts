import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { findJobFiles, isJobName, jobName } from '../../config/job-files.ts';
import { parseFile } from '../../config/yaml/parse-file.ts';
import { textAt } from '../../config/yaml/tree.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import type { Terminal } from '../shell/terminal.ts';
import { type Offers, offersFor } from './offers.ts';

/**
 * `__complete`, which the scripts of the shells call: one offer a line, its description behind a tab; or `:files`,
 * `:folders` for what the shell itself completes. Silent about everything that is wrong: somebody is in the middle of
 * typing.
 *
 * @param configFile where the line names none
 */
export async function complete(
  words: readonly string[],
  program: Command,
  configFile: string | undefined,
  terminal: Terminal,
): Promise<ExitCode> {
  const lines = linesOf(offersFor(words, program), configFile, terminal);
  await terminal.print(lines.map((line) => `${line}\n`).join(''));
  return EXIT.success;
}

function linesOf(offers: Offers, configFile: string | undefined, terminal: Terminal): readonly string[] {
  switch (offers.kind) {
    case 'texts':
      return offers.offers.map(({ text, description }) =>
        description === undefined ? text : `${text}\t${description}`,
      );
    case 'jobs':
      return jobNames(offers.config ?? configFile ?? 'config.yaml', terminal).map(
        (name) => offers.prefix + name,
      );
    default:
      return [`:${offers.kind}`];
  }
}

/** Of the whole schema, which takes long to load, no more is needed. */
const ONLY_COLLECTORS = { name: 'a config.yaml', keys: ['collectors'] };

/** From the names of the files, without reading them. */
function jobNames(configFile: string, { environment, directory }: Terminal): readonly string[] {
  const path = resolve(directory, configFile);
  const { tree } = parseFile(path, ONLY_COLLECTORS, { environment, currentDirectory: directory });
  const folder = tree === undefined ? undefined : textAt(tree, 'collectors')?.value;
  try {
    const { jobs } = findJobFiles(resolve(dirname(path), folder ?? 'collectors'));
    return [...new Set(jobs.map(jobName))].filter(isJobName).sort();
  } catch {
    return [];
  }
}
