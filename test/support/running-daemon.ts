import type { ChildProcess } from 'node:child_process';
import type { Ended, Workplace } from './program.ts';

export interface LogLine {
  readonly code: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** `start` of the built program in a workplace, seen through its log. */
export class RunningDaemon {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly #lines: LogLine[] = [];
  readonly #waiting = new Set<() => void>();
  #rest = '';

  constructor(
    workplace: Workplace,
    args: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ) {
    const { child, ended } = workplace.start(['start', '--log-format', 'json', ...args], { environment });
    this.child = child;
    this.ended = ended;
    child.stderr.on('data', (text: string) => this.#read(text));
  }

  /** All lines of a code, oldest first. */
  lines(code: string): readonly LogLine[] {
    return this.#lines.filter((line) => line.code === code);
  }

  /** The first line of a code that fits; waits for it. */
  line(code: string, fits: (line: LogLine) => boolean = () => true): Promise<LogLine> {
    return this.#line(code, () => this.lines(code).find(fits));
  }

  /** The next line of a code that fits and comes after those that are known. */
  next(code: string, fits: (line: LogLine) => boolean = () => true): Promise<LogLine> {
    const known = this.lines(code).length;
    return this.#line(code, () => this.lines(code).slice(known).find(fits));
  }

  async #line(code: string, find: () => LogLine | undefined): Promise<LogLine> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise<void>((resolve, reject) => {
        this.#waiting.add(resolve);
        void this.ended.then(({ stderr }) => reject(new Error(`ended without ${code}: ${stderr}`)));
      });
    }
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('{')) this.#lines.push(JSON.parse(line));
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
