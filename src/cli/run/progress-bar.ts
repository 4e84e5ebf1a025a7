import type { SingleBar } from 'cli-progress';
import type { Logger } from 'pino';
import type { RunObserver } from '../../model/run-event.ts';
import { grouped } from '../../words/counts.ts';
import { durationText } from '../../words/durations.ts';
import type { Terminal } from '../shell/terminal.ts';

/** A run of so many windows is over before anybody looks at a bar. */
const FEW = 3;

const FORMAT = '{job} [{bar}] {value}/{total} windows, {rows} rows, {rate} rows/s, {left} left';

interface Shown {
  readonly bar: SingleBar;
  readonly job: string;
  readonly total: number;
  readonly startedAt: number;
  done: number;
  rows: number;
}

/** What a terminal shows of runs that have many windows to collect: one line that grows, below the lines of the log. */
export class ProgressBar {
  /** Undefined where nobody would see a bar. */
  readonly #Bar: typeof SingleBar | undefined;
  #shown: Shown | undefined;

  private constructor(Bar: typeof SingleBar | undefined) {
    this.#Bar = Bar;
  }

  static async on({
    isInteractive,
    environment,
  }: Pick<Terminal, 'isInteractive' | 'environment'>): Promise<ProgressBar> {
    const isShowable = isInteractive && environment.TERM !== 'dumb';
    return new ProgressBar(isShowable ? (await import('cli-progress')).SingleBar : undefined);
  }

  /** The observer, with the bar beside it; what the bar shows is not told twice. */
  beside(observer: RunObserver): RunObserver {
    return (event) => {
      if (event.kind === 'window-acknowledged' && this.#shown !== undefined) {
        this.#moveTo(this.#shown.done + 1, event.counts.rows);
        return;
      }
      if (event.kind === 'run-ended') this.#end();
      observer(event);
      if (event.kind === 'run-started') this.#start(event.job, event.windows ?? 0);
    };
  }

  /** The same log, each line of it above the bar. */
  below(logger: Logger): Logger {
    if (this.#Bar === undefined) return logger;
    const above: Logger = Object.create(logger);
    for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) {
      above[level] = (...line: Parameters<Logger[typeof level]>) => {
        this.#shown?.bar.stop();
        logger[level](...line);
        if (this.#shown !== undefined) draw(this.#shown);
      };
    }
    return above;
  }

  #start(job: string, total: number): void {
    if (this.#Bar === undefined || total <= FEW) return;
    const bar = new this.#Bar({
      format: FORMAT,
      barsize: 24,
      clearOnComplete: true,
      // What a signal does is decided elsewhere.
      gracefulExit: false,
    });
    this.#shown = { bar, job, total, startedAt: performance.now(), done: 0, rows: 0 };
    draw(this.#shown);
  }

  #end(): void {
    this.#shown?.bar.stop();
    this.#shown = undefined;
  }

  #moveTo(done: number, rows: number): void {
    if (this.#shown === undefined) return;
    Object.assign(this.#shown, { done, rows });
    this.#shown.bar.update(done, barFields(this.#shown));
  }
}

/** Anew each time, because the bar takes the place where it was begun for its own. */
const draw = (shown: Shown): void => shown.bar.start(shown.total, shown.done, barFields(shown));

function barFields({ job, total, startedAt, done, rows }: Shown) {
  const elapsed = performance.now() - startedAt;
  const left = done === 0 ? '?' : durationText((elapsed / done) * (total - done));
  return { job, rows: grouped(rows), rate: grouped(Math.round((rows * 1_000) / Math.max(elapsed, 1))), left };
}
