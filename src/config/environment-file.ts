import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { type Complaint, findingOfFile } from './finding.ts';
import { type Problem, problemOf } from './problem.ts';
import { readSourceFile, shownPath, UnreadableFile } from './yaml/source-file.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** The file of environment variables that belongs to a configuration. */
export interface EnvironmentFile {
  readonly path: string;
  /** Whether somebody named it: then it must be there. */
  readonly isNamed: boolean;
}

/** The variables that `${NAME}` takes values from, and what is wrong with the file that holds some of them. */
export interface Environment {
  readonly variables: Variables;
  readonly problems: readonly Problem[];
}

/** @param configFile the configuration, beside which `.env` may lie @param named the file to read in place of that */
export function environmentFileOf(
  configFile: string,
  named: string | undefined,
  currentDirectory: string,
): EnvironmentFile {
  const path = named ?? join(dirname(resolve(currentDirectory, configFile)), '.env');
  return { path: resolve(currentDirectory, path), isNamed: named !== undefined };
}

/** The variables of the process and behind them those of the file, whose mistakes are problems, never thrown. */
export function readEnvironment(
  { path, isNamed }: EnvironmentFile,
  variables: Variables,
  currentDirectory: string,
): Environment {
  // A folder of this name is that of some other program.
  if (!isNamed && !(existsSync(path) && !statSync(path).isDirectory())) return { variables, problems: [] };
  const shown = shownPath(path, currentDirectory);
  try {
    const { text } = readSourceFile(path, currentDirectory);
    const isPrivate = (statSync(path).mode & OTHERS) === 0;
    return {
      variables: { ...parseEnv(text), ...variables },
      problems: [
        ...(isPrivate ? [] : [problemAt(shown, 1, readableByOthers(shown))]),
        ...Array.from(strayLines(text), ([line, got]) => problemAt(shown, line, strayLine(got))),
      ],
    };
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return { variables, problems: [problemAt(shown, 1, unreadable(error.reason, isNamed))] };
  }
}

/** What the group and all others may do. */
const OTHERS = 0o077;

/** Nothing of the file is shown: each of its lines may be a secret. */
const problemAt = (shown: string, line: number, complaint: Complaint): Problem => ({
  ...problemOf(findingOfFile(shown, complaint)),
  line,
});

const unreadable = (reason: string, isNamed: boolean): Complaint => ({
  code: 'unreadable-file',
  message: `expected a readable file of environment variables, got ${reason}`,
  suggestion: isNamed ? 'name one that can be read' : 'let the user of pp-db-collector read it',
});

const readableByOthers = (shown: string): Complaint => ({
  severity: 'warning',
  code: 'exposed-secret',
  message: 'expected a file that only its owner may read, got one with rights for others',
  suggestion: `run chmod 600 ${shown}`,
});

const strayLine = (got: string): Complaint => ({
  severity: 'warning',
  code: 'stray-line',
  message: `expected NAME=value, got ${got}`,
  suggestion: 'put # in front of a comment',
});

const ASSIGNMENT = /^\s*(?:export\s+)?[A-Za-z_]\w*\s*=\s*(.*)$/;
const NOTHING = /^\s*(?:#|$)/;

/** The lines, from 1, that set no variable which `${NAME}` could name, and what each of them is instead. */
function* strayLines(text: string): Iterable<readonly [number, string]> {
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const [, value] = ASSIGNMENT.exec(line) ?? [];
    const [quote] = /^["'`]/.exec(value ?? '') ?? [];
    if (value === undefined && !NOTHING.test(line)) yield [index + 1, 'a line that sets no variable'];
    if (quote === undefined || value?.includes(quote, 1) === true) continue;
    const last = lines.findIndex((other, at) => at > index && other.includes(quote));
    if (last === -1) yield [index + 1, `a value whose ${quote} is not closed`];
    else index = last;
  }
}
