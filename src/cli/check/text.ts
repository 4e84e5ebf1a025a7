import type { CheckedColumn } from '../../advice/check-query.ts';
import { durationText } from '../../words/durations.ts';
import { type ReadSetting, tellProblemsOf } from '../shell/setting.ts';
import type { Terminal } from '../shell/terminal.ts';
import { remedyText, table } from '../shell/text.ts';
import type { CheckReport, CheckResult } from './report.ts';

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

  problems(read: ReadSetting): void {
    tellProblemsOf(read, this.#terminal);
  }

  async add(result: CheckResult): Promise<void> {
    const { outcome, message, remedy, milliseconds, warnings = [], columns } = result;
    const [style, sign] = SIGNS[outcome];
    const time = milliseconds === undefined ? '' : ` (${durationText(milliseconds)})`;
    const text = `${titleOf(result)}${message === '' ? '' : `: ${message}`}${time}`;
    await this.#line(this.#terminal.style(style, sign), text, remedy);
    for (const warning of warnings) {
      const sign = this.#terminal.style('yellow', '!');
      await this.#line(sign, `${titleOf(result)}: ${warning.message}`, warning.remedy);
    }
    if (columns !== undefined) await this.#terminal.print(columnsTable(columns));
  }

  async end(): Promise<void> {}

  async #line(sign: string, text: string, remedy: string | undefined): Promise<void> {
    await this.#terminal.print(`${sign} ${text}\n${remedyText(remedy)}`);
  }
}

function titleOf({ layer, name }: CheckResult): string {
  if (layer === 'query') return `query of ${name}`;
  if (layer === 'database' || layer === 'data_set') return `${layer.replace('_', ' ')} ${name}`;
  return layer;
}

function columnsTable(columns: readonly CheckedColumn[]): string {
  const rows = columns.map(({ name, type, fields }) => [`    ${name}`, type, fieldsText(fields)]);
  return table(['    column', 'type', 'becomes'], rows);
}

function fieldsText(fields: CheckedColumn['fields']): string {
  const texts = fields.map(({ name, type }) => {
    if (name === '_timestamp') return name;
    return `${name} (${type === 'dynamic' ? 'by the value' : type})`;
  });
  return texts.join(', ') || '–';
}
