import { resolve } from 'node:path';
import { environmentFileOf, readEnvironment } from '../../config/environment-file.ts';
import { type LoadedConfig, loadConfig } from '../../config/load-config.ts';
import type { Problem } from '../../config/problem.ts';
import type { Terminal } from './terminal.ts';

/** The options that say which files to read. */
export interface FileFlags {
  readonly config?: string;
  /** Of environment variables. */
  readonly environmentFile?: string;
  /** Stands for tokens and passwords that are not there, for commands that only read files. */
  readonly standIn?: string;
}

/** The configuration that a command names, or the one of this folder. */
export const configFileOf = ({ config = 'config.yaml' }: FileFlags): string => config;

/** Whether the configuration itself is a file that cannot be read, and not what it names. */
export function isUnreadable(
  configFile: string,
  problems: readonly Problem[],
  { directory }: Terminal,
): boolean {
  const path = resolve(directory, configFile);
  return problems.some(
    (problem) =>
      problem.code === 'unreadable-file' && problem.path === '' && resolve(directory, problem.file) === path,
  );
}

export interface Surroundings {
  /** With the environment as the process has it and the file of variables completes it. */
  readonly terminal: Terminal;
  /** The file of variables. */
  readonly path: string;
  /** What is wrong with it. */
  readonly problems: readonly Problem[];
  /** Whether so much is wrong with it that nothing should be read in this environment. */
  readonly isWrong: boolean;
}

/** What a configuration is read in. @param environmentFile in place of the `.env` beside it */
export function surroundingsOf(
  configFile: string,
  { environmentFile }: FileFlags,
  terminal: Terminal,
): Surroundings {
  const { directory, environment } = terminal;
  const file = environmentFileOf(configFile, environmentFile, directory);
  const { variables, problems } = readEnvironment(file, environment, directory);
  const isWrong = problems.some(({ severity }) => severity === 'error');
  return { terminal: { ...terminal, environment: variables }, path: file.path, problems, isWrong };
}

export interface LoadedFiles extends LoadedConfig {
  /** With the environment that the files were read in. */
  readonly terminal: Terminal;
  /** All that were read, or looked for, but those of jobs. */
  readonly paths: readonly string[];
}

/** Reads the configuration and the variables that it is read with, both anew. */
export function loadFiles(flags: FileFlags, processTerminal: Terminal): LoadedFiles {
  const file = configFileOf(flags);
  const { terminal, path, problems, isWrong } = surroundingsOf(file, flags, processTerminal);
  const paths = [resolve(terminal.directory, file), path];
  // What the variables are missing for would be the same mistake again.
  if (isWrong) return { rejectedJobs: [], problems, terminal, paths };
  const { environment, directory: currentDirectory } = terminal;
  const loaded = loadConfig(file, {
    environment,
    currentDirectory,
    ...(flags.standIn !== undefined && { standIn: flags.standIn }),
  });
  return { ...loaded, problems: [...problems, ...loaded.problems], terminal, paths };
}
