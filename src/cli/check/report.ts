import type { CheckedColumn } from '../../advice/check-query.ts';
import type { Warning } from '../../advice/query-warnings.ts';
import { failureOf } from '../../collect/failures.ts';
import type { Problem } from '../../config/problem.ts';
import { durationText } from '../../words/durations.ts';
import { EXIT, type ExitCode, exitCodeOfSide } from '../shell/exit-codes.ts';
import { jsonText } from '../shell/json.ts';
import { type ReadSetting, tellProblemsOf } from '../shell/setting.ts';
import { table } from '../shell/table.ts';
import type { Terminal } from '../shell/terminal.ts';
import { afterMessage } from '../shell/text.ts';

/** What `check` looks at, in this order. */
type CheckLayer = 'serve' | 'files' | 'database' | 'query' | 'data_set' | 'state';

/** What there is to say about something that is well. */
export interface Findings {
  readonly message: string;
  readonly warnings?: readonly Warning[];
  readonly columns?: readonly CheckedColumn[];
  /** What the job leaves out and the columns tell, each as a line of its file. */
  readonly defaults?: readonly string[];
  /** What is as it should be, and worth knowing. */
  readonly notes?: readonly string[];
}

/** One check and how it went. */
export interface CheckResult extends Findings {
  readonly layer: CheckLayer;
  /** Of the database, the job, the data set or the file. */
  readonly name: string;
  /** `skipped`: it could not be checked because of another failure, which is told by itself. */
  readonly outcome: 'good' | 'bad' | 'skipped';
  readonly remedy?: string | undefined;
  readonly excerpt?: readonly string[];
  /** Undefined when nothing was done that takes time. */
  readonly milliseconds?: number;
  readonly code: ExitCode;
}

/** Where `check` tells how things are. */
export interface CheckReport {
  /** The mistakes in the files, before all else. */
  problems(loaded: ReadSetting): void;
  add(result: CheckResult): Promise<void>;
  /** After everything; `code` is that of the whole check. */
  end(code: ExitCode): Promise<void>;
}

/** Does one check; a failure is a result, never thrown. */
export async function checkResult(
  layer: CheckLayer,
  name: string,
  check: () => Promise<Findings>,
): Promise<CheckResult> {
  const startedAt = performance.now();
  const milliseconds = () => Math.round(performance.now() - startedAt);
  try {
    const findings = await check();
    return { layer, name, outcome: 'good', ...findings, milliseconds: milliseconds(), code: EXIT.success };
  } catch (error) {
    const { side, ...failure } = failureOf(error);
    const code = exitCodeOfSide(side);
    return { layer, name, outcome: 'bad', ...failure, milliseconds: milliseconds(), code };
  }
}

const SIGNS = { good: ['green', '✓'], bad: ['red', '✗'], skipped: ['dim', '–'] } as const;

/**
 * `check` for people: ✓ for what is well, ! for what could be better, ✗ for what would fail a run, – for what was not
 * checked.
 */
export class TextCheckReport implements CheckReport {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  problems(loaded: ReadSetting): void {
    tellProblemsOf(loaded, this.#terminal);
  }

  async add(result: CheckResult): Promise<void> {
    const { outcome, message, milliseconds, warnings = [], columns, defaults = [], notes = [] } = result;
    const [style, sign] = SIGNS[outcome];
    const time = milliseconds === undefined ? '' : ` (${durationText(milliseconds)})`;
    const text = message === '' ? titleOf(result) : titled(result, message);
    await this.#line(this.#terminal.style(style, sign), `${text}${time}`, result);
    for (const warning of warnings) {
      const sign = this.#terminal.style('yellow', '!');
      await this.#line(sign, titled(result, warning.message), warning);
    }
    for (const line of [...defaults, ...notes]) await this.#terminal.show(`    ${line}\n`);
    if (columns !== undefined) await this.#terminal.print(columnsTable(columns, this.#terminal));
  }

  async end(): Promise<void> {}

  async #line(sign: string, text: string, { remedy, excerpt }: Partial<CheckResult>): Promise<void> {
    await this.#terminal.show(`${sign} ${text}\n${afterMessage({ remedy, ...(excerpt && { excerpt }) })}`);
  }
}

/** Failures of a database name it themselves, because elsewhere nothing else does. */
function titled(result: CheckResult, message: string): string {
  const title = `${titleOf(result)}: `;
  return message.startsWith(title) ? message : `${title}${message}`;
}

function titleOf({ layer, name }: CheckResult): string {
  if (layer === 'query') return `query of ${name}`;
  if (layer === 'database' || layer === 'data_set') return `${layer.replace('_', ' ')} ${name}`;
  return layer;
}

const INDENT = '    ';

function columnsTable(columns: readonly CheckedColumn[], { width }: Terminal): string {
  const rows = columns.map(({ name, type, fields }) => [name, type, fieldsText(fields)]);
  const room = width === undefined ? undefined : width - INDENT.length;
  return table(COLUMNS, rows, room).replaceAll(/^(?=.)/gm, INDENT);
}

const COLUMNS = ['column', { name: 'type', narrow: 'wrap' }, { name: 'becomes', narrow: 'wrap' }] as const;

function fieldsText(fields: CheckedColumn['fields']): string {
  const texts = fields.map(({ name, type }) => {
    if (name === '_timestamp') return name;
    return `${name} (${type === 'dynamic' ? 'by the value' : type})`;
  });
  return texts.join(', ') || '–';
}

/** `check --json`, for editors and CI: one document when everything is checked. */
export class JsonCheckReport implements CheckReport {
  readonly #terminal: Terminal;
  #problems: readonly Problem[] = [];
  readonly #results: CheckResult[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  problems({ problems }: ReadSetting): void {
    this.#problems = problems;
  }

  async add(result: CheckResult): Promise<void> {
    this.#results.push(result);
  }

  async end(code: ExitCode): Promise<void> {
    const document = {
      ok: code === EXIT.success,
      problems: this.#problems.map(problemJson),
      checks: this.#results.map(resultJson),
    };
    await this.#terminal.print(jsonText(document));
  }
}

const problemJson = (problem: Problem) => ({
  file: problem.file,
  line: problem.line,
  column: problem.column,
  path: problem.path,
  code: problem.code,
  message: problem.message,
  severity: problem.severity,
  suggestion: problem.suggestion ?? null,
});

/** `ok` is null for what was not checked. */
const resultJson = ({ outcome, ...result }: CheckResult) => ({
  layer: result.layer,
  name: result.name,
  ok: outcome === 'skipped' ? null : outcome === 'good',
  message: result.message,
  remedy: result.remedy ?? null,
  milliseconds: result.milliseconds ?? null,
  ...(result.warnings === undefined ? {} : { warnings: result.warnings }),
  ...(result.columns === undefined ? {} : { columns: result.columns }),
  ...(result.defaults === undefined ? {} : { defaults: result.defaults }),
  ...(result.notes === undefined ? {} : { notes: result.notes }),
});
