import type { Finding, KeyPath, ProblemCode } from './finding.ts';
import { SecretMask } from './secret.ts';
import { pathToSecret } from './yaml/secret-keys.ts';
import type { SourceFile } from './yaml/source-file.ts';

/** One line of a file as messages may show it; without the secrets in it. */
export interface ExcerptLine {
  readonly line: number;
  readonly text: string;
}

/** One mistake in a file, as plain data. Nothing in it shows a secret. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly code: ProblemCode;
  readonly file: string;
  /** Line and column of the value, from 1. */
  readonly line: number;
  readonly column: number;
  /** How many characters of the line to mark; 0 when the line is not shown as it is. */
  readonly length: number;
  /** The way to the value, e.g. `record.id[1]`; empty for the file as a whole. */
  readonly path: string;
  /** "expected X, got Y". */
  readonly message: string;
  /** What to do instead, as a clause: `did you mean "channel"?`. */
  readonly suggestion?: string;
  /** The line of the mistake, last, and the one before it. */
  readonly excerpt: readonly ExcerptLine[];
}

/** Nobody finds a mistake in a longer line by looking at it, and each mistake in it would repeat the whole. */
const LONGEST_LINE = 2_000;

const SECRET = '<secret>';
/** The logins in URLs and the values of their parameters. */
const IN_URLS = /(\/\/).*(?=@)|([?&][\w-]+=)[^\s&@"']+/g;

/** The same with the secrets that are known left out of every text in them. */
export function maskedProblems(problems: readonly Problem[], secrets: Iterable<string>): Problem[] {
  const mask = new SecretMask(secrets);
  return problems.map((problem) => maskedProblem(problem, mask));
}

function maskedProblem(problem: Problem, mask: SecretMask): Problem {
  const excerpt = problem.excerpt.map(({ line, text }) => ({ line, text: mask.mask(text) }));
  const isSame = excerpt.at(-1)?.text === problem.excerpt.at(-1)?.text;
  return {
    ...problem,
    path: mask.mask(problem.path),
    message: mask.mask(problem.message),
    ...(problem.suggestion === undefined ? {} : { suggestion: mask.mask(problem.suggestion) }),
    length: isSame ? problem.length : 0,
    excerpt,
  };
}

export function problemOf({ place, path, complaint }: Finding): Problem {
  const { line, column } = place.file.position(place.start);
  const [start, lineEnd] = place.file.line(line) ?? [place.start, place.start];
  const end = Math.min(place.end, lineEnd);
  const excerpt =
    lineEnd - start > LONGEST_LINE
      ? []
      : [line - 1, line].flatMap((number) => excerptLine(place.file, number));
  const isShown = excerpt
    .at(-1)
    ?.text.startsWith(visible(place.file.text.slice(start, Math.max(end, place.start))));
  return {
    severity: complaint.severity ?? 'error',
    code: complaint.code,
    file: place.file.shown,
    line,
    column,
    length: isShown === true ? Math.max(1, end - place.start) : 0,
    path: formatPath(pathToSecret(path)),
    message: complaint.message,
    ...(complaint.suggestion === undefined ? {} : { suggestion: complaint.suggestion }),
    excerpt,
  };
}

/** File by file, in the order in which the files first occur; in each file by place. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  return Array.from(Map.groupBy(problems, ({ file }) => file).values()).flatMap((own) =>
    own.toSorted((one, other) => one.line - other.line || one.column - other.column),
  );
}

/** `record.id[1]`; keys that are not plain words stand in brackets and quotes. */
export function formatPath(path: KeyPath): string {
  return path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`;
      return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    })
    .join('')
    .replace(/^\./, '');
}

/** Gives a part of a problem's text the look that it has where it is shown. */
export type Painter = (part: 'place' | 'severity' | 'code' | 'excerpt' | 'carets', text: string) => string;

export interface ProblemFormat {
  /** Whether to show the lines of the mistake, with carets under the value. */
  readonly excerpt?: boolean;
  /** Whether to say by which code the kind of mistake is explained. */
  readonly code?: boolean;
  readonly paint?: Painter;
}

const unpainted: Painter = (_, text) => text;

/**
 * `file:line:column  path: expected X, got Y; suggestion`, with `code` `[wrong-value]` behind it, and with `excerpt` the lines with carets under the value.
 */
export function formatProblem(problem: Problem, format: ProblemFormat = {}): string {
  const { excerpt, code, paint = unpainted } = format;
  const { file, line, column, path, message, suggestion, severity } = problem;
  const place = paint('place', `${file}:${line}:${column}`);
  const warning = severity === 'warning' ? `${paint('severity', 'warning')}: ` : '';
  const head = `${place}  ${warning}${path === '' ? '' : `${path}: `}${message}`;
  const sentence = suggestion === undefined ? head : `${head}; ${suggestion}`;
  const text = code === true ? `${sentence} ${paint('code', `[${problem.code}]`)}` : sentence;
  return excerpt === true ? [text, ...excerptOf(problem, paint)].join('\n') : text;
}

/** The lines of the mistake with carets under the value. */
export function excerptOf({ excerpt, column, length }: Problem, paint = unpainted): string[] {
  const lines = excerpt.map(({ line, text }) =>
    paint('excerpt', `${String(line).padStart(5)} | ${text}`.trimEnd()),
  );
  // Tabs keep their width, so that the carets stand under the value in any terminal.
  const indent = (excerpt.at(-1)?.text ?? '').slice(0, column - 1).replace(/[^\t]/g, ' ');
  if (length === 0 || lines.length === 0) return lines;
  return [...lines, `${paint('excerpt', '      |')} ${indent}${paint('carets', '^'.repeat(length))}`];
}

function excerptLine(file: SourceFile, line: number): ExcerptLine[] {
  const span = file.line(line);
  if (span === undefined || file.text === '' || span[1] - span[0] > LONGEST_LINE) return [];
  return [{ line, text: visible(maskSpans(file, span).replace(IN_URLS, `$1$2${SECRET}`)) }];
}

/** Without characters that a terminal would take for commands. */
const visible = (text: string): string => text.replace(/(?!\t)\p{Cc}/gu, '\ufffd');

function maskSpans(file: SourceFile, [start, end]: readonly [number, number]): string {
  let [masked, at] = ['', start];
  const within = file.secretSpans.filter(([from, to]) => to > start && from < end);
  for (const [from, to] of within.toSorted(([one], [other]) => one - other)) {
    if (to <= at) continue;
    masked += `${file.text.slice(at, Math.max(at, from))}${SECRET}`;
    at = Math.min(to, end);
  }
  return masked + file.text.slice(at, end);
}
