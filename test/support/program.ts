import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { inherited } from './compile-cache.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');

/** Writes the largest resident set of the process, in kilobytes, as the last line of standard error. */
const REPORT_MEMORY =
  "process.on('exit',()=>process.stderr.write('maxRSS '+process.resourceUsage().maxRSS+'\\n'))";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes; only with `measureMemory`. */
  readonly peakMemory: number | undefined;
}

export interface RunOptions {
  /** Code that the process runs first, as an ES module. */
  readonly preload?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly measureMemory?: boolean;
  readonly signal?: AbortSignal;
}

/** A folder of its own with configuration files, in which the built program is run. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'pp-db-collector-'));

  /** Writes a file, its folders included. */
  write(name: string, text: string): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
  }

  /** Runs the program to its end. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const { child, ended } = this.start(args, options);
    options.signal?.addEventListener('abort', () => child.kill('SIGKILL'));
    return ended;
  }

  start(args: readonly string[], { environment = {}, measureMemory = false, preload }: RunOptions = {}) {
    const first = [...(measureMemory ? [REPORT_MEMORY] : []), ...(preload === undefined ? [] : [preload])];
    const flags = first.flatMap((code) => ['--import', `data:text/javascript,${encodeURIComponent(code)}`]);
    const child = spawn(process.execPath, [...flags, MAIN, ...args], {
      cwd: this.folder,
      env: { ...inherited(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = once(child, 'close').then(([code]): Ended => {
      const kilobytes = /maxRSS (\d+)\n/.exec(stderr)?.[1];
      return {
        code,
        stdout,
        stderr,
        peakMemory: kilobytes === undefined ? undefined : Number(kilobytes) * 1_024,
      };
    });
    return { child, ended };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
