import type { Problem } from '../../config/problem.ts';
import { EXIT, type ExitCode } from '../shell/exit-codes.ts';
import { jsonText } from '../shell/json.ts';
import type { ReadSetting } from '../shell/setting.ts';
import type { Terminal } from '../shell/terminal.ts';
import type { CheckReport, CheckResult } from './report.ts';

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
});
