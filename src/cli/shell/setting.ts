import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import type { RejectedJob } from '../../config/load-jobs.ts';
import { formatProblem, inOrder, type Painter, type Problem } from '../../config/problem.ts';
import { createLogger } from '../../observe/logger.ts';
import type { LogLevel } from '../../observe/messages/message.ts';
import { counted, grouped } from '../../words/counts.ts';
import { EXIT, type ExitCode, WrongConfigurationError } from './exit-codes.ts';
import { configFileOf, type FileFlags, isUnreadable, type LoadedFiles, loadFiles } from './load-files.ts';
import { proseOnStandardError, standardError, type Terminal } from './terminal.ts';
import { remedyText } from './text.ts';

/** How many mistakes are shown with the lines they stand in; of the others one line each is told. */
const MOST_EXCERPTS = 20;

/** All mistakes by file, each with its place and code, and last how many there are; nothing when there are none. */
export function problemReport(problems: readonly Problem[], style: Terminal['tellStyle']): string {
  if (problems.length === 0) return '';
  const ordered = inOrder(problems);
  const files = Map.groupBy(ordered, ({ file }) => file);
  const lines: string[] = [];
  let excerpts = MOST_EXCERPTS;
  for (const [file, own] of files) {
    const isRoomy = files.size > 1 && excerpts > 0;
    // A line that stands for itself already begins with its file.
    if (isRoomy || (files.size > 1 && own.length > 1)) {
      lines.push(style('bold', `${file}: ${totalOf(own)}`));
    }
    for (const problem of own) {
      lines.push(
        formatProblem(problem, { code: true, excerpt: excerpts-- > 0, paint: painterOf(problem, style) }),
      );
    }
    if (isRoomy) lines.push('');
  }
  const [total, where] = [totalOf(problems), files.size === 1 ? 'file' : 'files'];
  const worst = ordered.find(({ severity }) => severity === 'error') ?? ordered[0];
  const more = `; \`pp-db-collector explain ${worst?.code}\` says more`;
  const last = `${style('bold', `${total} in ${grouped(files.size)} ${where}`)}${more}`;
  return `${[...lines, last].join('\n')}\n`;
}

/** `3 mistakes, 1 warning` */
function totalOf(problems: readonly Problem[]): string {
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  const mistakes = problems.length - warnings;
  return [
    ...(mistakes > 0 ? [counted(mistakes, 'mistake')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ].join(', ');
}

function painterOf({ severity }: Problem, style: Terminal['tellStyle']): Painter {
  const color = severity === 'warning' ? 'yellow' : 'red';
  const styles = { place: 'bold', severity: color, code: 'dim', excerpt: 'dim', carets: color } as const;
  return (part, text) => style(styles[part], text);
}

const NAME_THE_FILE =
  'Name the file with --config or PP_DB_COLLECTOR_CONFIG, or start in its folder; `pp-db-collector init` writes one ' +
  'to fill in, `pp-db-collector demo --keep DIR` one that works at once.';

/** The options that every command takes. */
export interface GlobalFlags extends FileFlags {
  readonly logLevel?: LogLevel;
  readonly logFormat?: 'auto' | 'json' | 'pretty';
  readonly color: boolean;
}

/** What a command works with: the configuration, its mistakes already told. */
export interface Setting {
  /** Its jobs are the good ones. */
  readonly config: Config;
  /** The jobs whose files are wrong, and their names. */
  readonly rejectedJobs: readonly RejectedJob[];
  readonly wrongJobs: readonly string[];
  readonly logger: Logger;
  /** Its environment is the one in which the configuration was read. */
  readonly terminal: Terminal;
  /** The files that it was read from, but those of jobs. */
  readonly paths: readonly string[];
  readonly readAgain: () => LoadedFiles;
  /** The exit code that wrong job files call for, if they belong to the jobs named (none named: to any job). */
  codesOfProblems(names: readonly string[]): readonly ExitCode[];
}

/**
 * Loads the configuration and tells its mistakes. Throws WrongConfigurationError when config.yaml itself is wrong.
 *
 * @param isAbout whether the command is about a job: of the files of others one line each is told
 */
export async function openSetting(
  flags: GlobalFlags,
  terminal: Terminal,
  isAbout: (job: string) => boolean = () => true,
): Promise<Setting> {
  const loaded = await readSetting(flags, terminal);
  if (loaded.setting === undefined) {
    tellProblemsOf(loaded, terminal);
    throw new WrongConfigurationError();
  }
  const { config, rejectedJobs } = loaded.setting;
  const others = [...rejectedJobs, ...config.jobs].filter(({ name }) => !isAbout(name));
  const files = new Map(others.map(({ name, file }) => [file, name]));
  tellProblems(
    loaded.problems.filter(({ file }) => !files.has(file)),
    terminal,
  );
  terminal.tell(problemLines(loaded.problems, files));
  return loaded.setting;
}

/** `collectors/visits.yaml: 5 mistakes; pp-db-collector check visits`. @param jobs by their files */
export function problemLines(problems: readonly Problem[], jobs: ReadonlyMap<string, string>): string {
  const files = Map.groupBy(inOrder(problems), ({ file }) => file);
  return [...files]
    .flatMap(([file, own]) => {
      const job = jobs.get(file);
      return job === undefined ? [] : [`${file}: ${totalOf(own)}; pp-db-collector check ${job}\n`];
    })
    .join('');
}

/** What was read of the configuration, its mistakes not yet told. */
export interface ReadSetting {
  /** Undefined when config.yaml itself is wrong. */
  readonly setting: Setting | undefined;
  readonly problems: readonly Problem[];
  /** Whether it is the file config.yaml itself that cannot be read. */
  readonly isFileUnreadable: boolean;
}

/** Loads the configuration for a command that tells its mistakes in a way of its own. */
export async function readSetting(flags: GlobalFlags, processTerminal: Terminal): Promise<ReadSetting> {
  const readAgain = () => loadFiles(flags, processTerminal);
  const { config, problems, rejectedJobs, terminal, paths } = readAgain();
  if (config === undefined) {
    const isFileUnreadable = isUnreadable(configFileOf(flags), problems, terminal);
    return { setting: undefined, problems, isFileUnreadable };
  }
  const wrongJobs = rejectedJobs.map(({ name }) => name);
  const setting: Setting = {
    config,
    rejectedJobs,
    wrongJobs,
    logger: await loggerOf(flags, config.log, terminal),
    terminal,
    paths,
    readAgain,
    codesOfProblems: (names) =>
      wrongJobs.some((name) => names.length === 0 || names.includes(name)) ? [EXIT.configuration] : [],
  };
  return { setting, problems, isFileUnreadable: false };
}

/** The mistakes of a configuration, and what to do when there is none. */
export function tellProblemsOf({ problems, isFileUnreadable }: ReadSetting, terminal: Terminal): void {
  tellProblems(problems, terminal);
  if (isFileUnreadable) terminal.tell(remedyText(NAME_THE_FILE));
}

/** All mistakes with their places. */
export function tellProblems(problems: readonly Problem[], terminal: Terminal): void {
  terminal.tell(problemReport(problems, terminal.tellStyle));
}

/** The log as the flags and the configuration want it: for people on a terminal, as JSON elsewhere. */
export function loggerOf(flags: GlobalFlags, settings: Config['log'], terminal: Terminal): Promise<Logger> {
  const format = flags.logFormat ?? settings.format;
  const chosen = format === 'auto' ? (terminal.isInteractive ? 'pretty' : 'json') : format;
  return createLogger({
    level: flags.logLevel ?? settings.level,
    format: chosen,
    color: terminal.color && terminal.isInteractive,
    output: chosen === 'pretty' ? proseOnStandardError : standardError,
  });
}
