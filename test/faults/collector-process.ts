import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inherited } from '../support/compile-cache.ts';
import { COLLECTOR } from './foreign-file.ts';
import { daysAfter } from './london.ts';
import type { PlannedClock } from './plan.ts';

/** How a run of the collector ended. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Standard output and error together. */
  readonly text: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Whether it had to be killed because it did not end. */
  readonly hung: boolean;
}

/** What a run is given beside its files. */
export interface Circumstance {
  readonly clock: PlannedClock | undefined;
  readonly hasFullLog: boolean;
  /** The one day that is to be collected, `YYYY-MM-DD`; undefined: what is due. */
  readonly day: string | undefined;
  /** Whether the program runs as a user of its own. */
  readonly isOtherUser: boolean;
}

export type Command = keyof typeof ARGUMENTS;

const ARGUMENTS = {
  run: ['run', 'rows', '--log-format', 'json'],
  replay: ['dead-letters', 'replay', 'rows', '--log-format', 'json'],
  verify: ['verify', 'rows'],
  repair: ['verify', 'rows', '--repair'],
} as const;

/** Takes nothing that is written to it, as a full disk does. */
const FULL_DEVICE = '/dev/full';

/** A command of the built program, as a process. */
export class CollectorProcess {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;

  /** @param longest milliseconds after which it counts as hung */
  constructor(
    program: string,
    folder: string,
    longest: number,
    command: Command,
    { clock, hasFullLog, day, isOtherUser }: Circumstance,
  ) {
    const startedAt = Date.now();
    const log = hasFullLog ? openSync(FULL_DEVICE, 'w') : undefined;
    const span = day === undefined ? [] : ['--from', day, '--to', daysAfter(day, 1)];
    const child = spawn(process.execPath, [program, ...ARGUMENTS[command], ...span], {
      cwd: folder,
      env: { ...inherited(), ...clockOf(clock) },
      stdio: ['ignore', 'pipe', log ?? 'pipe'],
      ...(isOtherUser ? COLLECTOR : {}),
    });
    if (log !== undefined) closeSync(log);
    this.#child = child;
    let [text, hung] = ['', false];
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (some: string) => (text += some));
    const timer = setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, longest);
    this.ended = once(child, 'close').then(([code, signal]): Ended => {
      clearTimeout(timer);
      return { code, signal, text, startedAt, endedAt: Date.now(), hung };
    });
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Whether it has a process that reads a SQLite file. */
  get isReadingFile(): boolean {
    return this.isRunning && this.#children().length > 0;
  }

  kill(signal: 'SIGKILL' | 'SIGTERM'): void {
    this.#child.kill(signal);
  }

  /** Kills what reads a SQLite file for it. Gives how many there were. */
  killReaders(): number {
    const children = this.#children();
    for (const pid of children) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended in the meantime.
      }
    }
    return children.length;
  }

  #children(): readonly number[] {
    const { pid: own } = this.#child;
    const listOfLinux = `/proc/${own}/task/${own}/children`;
    if (existsSync('/proc/self'))
      return existsSync(listOfLinux) ? pidsIn(readFileSync(listOfLinux, 'utf8')) : [];
    const listed = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    const pairs = listed
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number));
    return pairs.flatMap(([pid, parent]) => (parent === own && pid !== undefined ? [pid] : []));
  }
}

const WRONG_CLOCK = join(import.meta.dirname, 'wrong-clock.ts');

const clockOf = (clock: PlannedClock | undefined): Readonly<Record<string, string>> =>
  clock === undefined ? {} : { WRONG_CLOCK: JSON.stringify(clock), NODE_OPTIONS: `--import=${WRONG_CLOCK}` };

const pidsIn = (text: string): readonly number[] => text.split(/\s+/).filter(Boolean).map(Number);
