import { dirname, resolve } from 'node:path';
import { configurationFiles, writeApiFiles } from '../../config/configuration-files.ts';
import type { Finding } from '../../config/finding.ts';
import { loadWriteApiConfig } from '../../config/load-write-api-config.ts';
import { problemOf } from '../../config/problem.ts';
import type { Exportable, Exported } from '../../export/exportable.ts';
import type { ServedWriteApi } from '../../export/kubernetes/write-api.ts';
import { WrongConfigurationError } from '../shell/exit-codes.ts';
import { surroundingsOf } from '../shell/load-files.ts';
import { type GlobalFlags, openSetting, tellProblems } from '../shell/setting.ts';
import type { Terminal } from '../shell/terminal.ts';

/** For tokens and passwords, of which an export needs no more than the names. */
const STAND_IN = 'stand-in';

export interface Opened {
  readonly exportable: Exportable;
  /** Absolute. */
  readonly configFile: string;
}

/** The configuration that is exported whole or not at all. Throws WrongConfigurationError. */
export async function openExportable(flags: GlobalFlags, processTerminal: Terminal): Promise<Opened> {
  const { config, terminal, wrongJobs } = await openSetting({ ...flags, standIn: STAND_IN }, processTerminal);
  if (wrongJobs.length > 0) throw new WrongConfigurationError();
  const { environment, directory: currentDirectory } = terminal;
  const configFile = resolve(currentDirectory, config.file);
  const files = configurationFiles(config, { environment, currentDirectory, standIn: STAND_IN });
  return { exportable: { config, folder: dirname(configFile), files }, configFile };
}

/** The configuration of `serve`, which goes with it. Throws WrongConfigurationError. */
export function openWriteApi(file: string, flags: GlobalFlags, processTerminal: Terminal): ServedWriteApi {
  const { terminal, isWrong, problems: wrong } = surroundingsOf(file, flags, processTerminal);
  const { environment, directory: currentDirectory } = terminal;
  const options = { environment, currentDirectory, standIn: STAND_IN };
  const { config, problems } = isWrong ? { problems: [] } : loadWriteApiConfig(file, options);
  tellProblems([...wrong, ...problems], terminal);
  if (config === undefined) throw new WrongConfigurationError();
  const path = resolve(currentDirectory, file);
  return { config, folder: dirname(path), files: writeApiFiles(path, options) };
}

/** What was made; tells what stands against it, and throws WrongConfigurationError. */
export function madeOf<T>(exported: Exported<T>, terminal: Terminal): T {
  if ('value' in exported) return exported.value;
  tellFindings(exported.findings, terminal);
  throw new WrongConfigurationError();
}

const tellFindings = (findings: readonly Finding[], terminal: Terminal): void =>
  tellProblems(findings.map(problemOf), terminal);
