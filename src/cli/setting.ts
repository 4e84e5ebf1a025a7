import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import type { LogLevel } from '../observe/log-level.ts';
import { createLogger } from '../observe/logger.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { remedyText } from './text.ts';
import { WrongConfigurationError } from './wrong-configuration-error.ts';

const NAME_THE_FILE =
  'Name the file with --config or PP_DB_COLLECTOR_CONFIG, or start in its folder; `demo --keep DIR` makes one to begin with.';

/** The options that every command takes. */
export interface GlobalFlags {
  readonly config?: string;
  readonly logLevel?: LogLevel;
  readonly logFormat?: 'auto' | 'json' | 'pretty';
  readonly color: boolean;
}

/** What a command works with: the configuration, its mistakes already told. */
export interface Setting {
  /** Its jobs are the good ones. */
  readonly config: Config;
  /** Names of the jobs whose files are wrong. */
  readonly wrongJobs: readonly string[];
  readonly logger: Logger;
  readonly terminal: Terminal;
  /** The exit code that wrong job files call for, if they belong to the jobs named (none named: to any job). */
  codesOfProblems(names: readonly string[]): readonly ExitCode[];
}

/** Loads the configuration and tells its mistakes. Throws WrongConfigurationError when config.yaml itself is wrong. */
export async function openSetting(flags: GlobalFlags, terminal: Terminal): Promise<Setting> {
  const { config, problems, rejectedJobs } = loadConfig(flags.config ?? 'config.yaml', {
    environment: terminal.environment,
    currentDirectory: terminal.directory,
  });
  tellProblems(problems, terminal);
  if (config === undefined) {
    if (problems.every(({ code }) => code === 'unreadable-file')) terminal.tell(remedyText(NAME_THE_FILE));
    throw new WrongConfigurationError();
  }
  const wrongJobs = rejectedJobs.map(({ name }) => name);
  return {
    config,
    wrongJobs,
    logger: await loggerOf(flags, config.log, terminal),
    terminal,
    codesOfProblems: (names) =>
      wrongJobs.some((name) => names.length === 0 || names.includes(name)) ? [EXIT.configuration] : [],
  };
}

/** All mistakes with their places, and how many there are when they do not fit on a screen. */
export function tellProblems(problems: readonly Problem[], terminal: Terminal): void {
  for (const problem of problems) terminal.tell(`${formatProblem(problem, { excerpt: true })}\n`);
  if (problems.length > 10) terminal.tell(`${problems.length} mistakes\n`);
}

/** The log as the flags and the configuration want it: for people on a terminal, as JSON elsewhere. */
export function loggerOf(flags: GlobalFlags, settings: Config['log'], terminal: Terminal): Promise<Logger> {
  const format = flags.logFormat ?? settings.format;
  const chosen = format === 'auto' ? (terminal.isInteractive ? 'pretty' : 'json') : format;
  return createLogger({
    level: flags.logLevel ?? settings.level,
    format: chosen,
    color: terminal.color && terminal.isInteractive,
  });
}
