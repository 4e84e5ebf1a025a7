import type { RunResult } from '../../model/run.ts';
import type { RunEvent } from '../../model/run-event.ts';
import { counted, grouped } from '../../words/counts.ts';
import { durationText, roughText } from '../../words/durations.ts';
import { timeLeft } from '../../words/running.ts';
import type { LiveLine } from '../shell/live-lines.ts';
import type { ScreenSize } from '../shell/terminal.ts';
import { OUTCOME_STYLES } from '../shell/text.ts';

/** Lines of the terminal that are left for the command line and the last line of the log. */
const LEFT_FREE = 3;
const BAR = { least: 6, most: 24 } as const;
const GAP = '  ';

interface LiveRun {
  readonly startedAt: number;
  /** How many windows are owed; undefined for jobs without. */
  readonly windows: number | undefined;
  done: number;
  rows: number;
  result: RunResult | undefined;
}

/** How far the runs of a command are, in a line for each job. */
export class LiveRuns {
  readonly #names: readonly string[];
  readonly #now: () => number;
  readonly #runs = new Map<string, LiveRun>();
  #note = '';

  constructor(names: readonly string[], now: () => number) {
    this.#names = names;
    this.#now = now;
  }

  hear(event: RunEvent): void {
    switch (event.kind) {
      case 'run-started': {
        const { job, windows } = event;
        const startedAt = this.#now();
        this.#runs.set(job, { startedAt, windows, done: 0, rows: 0, result: undefined });
        return;
      }
      case 'window-acknowledged':
      case 'cursor-acknowledged':
      case 'snapshot-acknowledged': {
        this.#note = '';
        const run = this.#runs.get(event.job);
        if (run === undefined) return;
        run.done += 1;
        run.rows = event.counts.rows;
        return;
      }
      case 'run-ended': {
        const { result } = event;
        const run = this.#runs.get(result.job) ?? { startedAt: result.startedAt, windows: undefined };
        this.#runs.set(result.job, { ...run, done: 0, rows: result.rows, result });
        return;
      }
    }
  }

  /** Something to be seen below the runs until one of them gets on. */
  note(text: string): void {
    this.#note = text;
  }

  /** Where a terminal has too few lines for all jobs, those that run, and how many others there are. */
  lines({ columns, rows }: ScreenSize): LiveLine[] {
    const room = Math.max(1, rows - LEFT_FREE);
    const running = this.#names.filter((name) => this.#isRunning(name));
    const isRoomy = this.#names.length <= room;
    const shown = isRoomy ? this.#names : running.slice(0, room);
    const width = Math.max(0, ...shown.map(({ length }) => length));
    const others: LiveLine[] = isRoomy ? [] : [{ text: this.#others(shown.length), style: 'dim' }];
    const notes: LiveLine[] = this.#note === '' ? [] : [{ text: `! ${this.#note}`, style: 'yellow' }];
    return [...shown.map((name) => this.#lineOf(name, width, columns)), ...others, ...notes];
  }

  #isRunning(name: string): boolean {
    const run = this.#runs.get(name);
    return run !== undefined && run.result === undefined;
  }

  #others(shown: number): string {
    const ended = [...this.#runs.values()].filter(({ result }) => result !== undefined).length;
    return `${grouped(ended)} of ${counted(this.#names.length, 'job')} done, ${grouped(this.#names.length - ended - shown)} to come`;
  }

  #lineOf(name: string, width: number, columns: number): LiveLine {
    const run = this.#runs.get(name);
    const label = name.padEnd(width);
    if (run === undefined) return { text: `${label}${GAP}waiting`, style: 'dim' };
    if (run.result !== undefined) return endedLine(label, run.result);
    return { text: runningText(label, run, this.#now(), columns - 1) };
  }
}

function endedLine(label: string, result: RunResult): LiveLine {
  const { outcome, records, startedAt, endedAt } = result;
  const parts = [label, outcome, counted(records, 'record'), durationText(endedAt - startedAt)];
  return { text: parts.join(GAP), style: OUTCOME_STYLES[outcome] };
}

/** The bar takes what room is left; where there is none, it goes, then the rate, then the rows. */
function runningText(label: string, run: LiveRun, now: number, columns: number): string {
  const { windows, done, rows } = run;
  const elapsed = now - run.startedAt;
  const rowsText = counted(rows, 'row');
  if (windows === undefined) {
    return [label, `running for ${durationText(elapsed)}`, ...(rows > 0 ? [rowsText] : [])].join(GAP);
  }
  const rate = `${grouped(Math.round((rows * 1_000) / Math.max(elapsed, 1)))} rows/s`;
  const remaining = timeLeft({ done, owed: windows, since: run.startedAt, unit: 'window' }, now);
  const left = remaining === undefined ? '' : `${roughText(remaining)} left`;
  const progress = `${grouped(done)}/${counted(windows, 'window')}`;
  for (const parts of [
    [progress, rowsText, rate, left],
    [progress, rowsText, left],
    [progress, left],
  ]) {
    const text = parts.filter((part) => part !== '').join(GAP);
    const room = columns - label.length - text.length - 2 * GAP.length;
    if (room >= BAR.least)
      return [label, bar(done / Math.max(windows, 1), Math.min(room, BAR.most)), text].join(GAP);
  }
  return [label, progress].join(GAP);
}

function bar(share: number, width: number): string {
  const full = Math.round(Math.min(share, 1) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}
