import { failureOf } from '../collect/failures.ts';
import { type ExitCode, exitCodeOfSide } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { durationText, remedyText } from './text.ts';

/** The lines of `check`: ✓ for what is well, ! for what could be better, ✗ for what would fail a run. */
export class CheckReport {
  /** Of everything that is not well. */
  readonly codes: ExitCode[] = [];
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Does one check and tells how it went, and how long it took. Returns whether it went well. */
  async line(title: string, check: () => Promise<string>): Promise<boolean> {
    const startedAt = performance.now();
    const time = () => durationText(performance.now() - startedAt);
    try {
      const detail = await check();
      await this.good(`${title}${detail === '' ? '' : `: ${detail}`} (${time()})`);
      return true;
    } catch (error) {
      const { side, message, remedy } = failureOf(error);
      await this.bad(`${title}: ${message} (${time()})`, remedy, exitCodeOfSide(side));
      return false;
    }
  }

  async good(text: string): Promise<void> {
    await this.#terminal.print(`${this.#terminal.style('green', '✓')} ${text}\n`);
  }

  async warning(text: string, remedy: string | undefined): Promise<void> {
    await this.#terminal.print(`${this.#terminal.style('yellow', '!')} ${text}\n${remedyText(remedy)}`);
  }

  async bad(text: string, remedy: string | undefined, code: ExitCode): Promise<void> {
    this.codes.push(code);
    await this.#terminal.print(`${this.#terminal.style('red', '✗')} ${text}\n${remedyText(remedy)}`);
  }

  /** Something that belongs to the line before it. */
  async detail(text: string): Promise<void> {
    await this.#terminal.print(text);
  }
}
