import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Omission } from '../figures/figure.ts';
import { compile } from './compile.ts';

/** One run of a program, from the start of its process to its end. */
export interface Run {
  readonly seconds: number;
  /** Processor time in seconds, that of the processes it started included; NaN where nobody accounts it. */
  readonly processor: number;
  /** The largest resident set of any of its processes, in bytes; NaN where nobody accounts it. */
  readonly memory: number;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder?: string;
}

export type Runner = (command: Command) => Promise<Run>;

const GNU_TIME = '/usr/bin/time';

/**
 * Finds who accounts processes here: a small program of ours where there is a C compiler, because it tells microseconds,
 * else GNU time, else nobody. Node itself tells nothing about its children.
 *
 * @param folder for temporary files
 */
export function findRunner(folder: string): {
  readonly run: Runner;
  readonly omissions: readonly Omission[];
} {
  const file = join(folder, 'account');
  const runner =
    (wrapper: readonly string[]): Runner =>
    async (command) => {
      const run = await runToEnd([...wrapper, command.program, ...command.args], command.folder);
      return { ...run, ...accounted(wrapper.length === 0 ? 'NaN NaN' : readFileSync(file, 'utf8')) };
    };
  const account = compile(resolve(import.meta.dirname, 'account.c'), folder, 'account-run');
  if ('path' in account) return { run: runner([account.path, file]), omissions: [] };
  if (existsSync(GNU_TIME)) return { run: runner([GNU_TIME, '-o', file, '-f', '%U %S %M']), omissions: [] };
  const because = `${account.because}, and no GNU time`;
  return { run: runner([]), omissions: [{ what: 'processor time and memory of runs', because }] };
}

async function runToEnd(
  command: readonly string[],
  folder: string | undefined,
): Promise<Pick<Run, 'seconds'>> {
  const [program = '', ...args] = command;
  const start = performance.now();
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exited = once(child, 'exit').then(() => (performance.now() - start) / 1_000);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${stderr}`);
  return { seconds: await exited };
}

/** Seconds, in one number or two, and kilobytes. */
function accounted(text: string): { readonly processor: number; readonly memory: number } {
  const numbers = text.trim().split(/\s+/).map(Number);
  const memory = (numbers.pop() ?? Number.NaN) * 1_024;
  return { processor: numbers.reduce((sum, seconds) => sum + seconds, 0), memory };
}
