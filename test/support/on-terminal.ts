import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** What is typed when the program asks. */
  readonly typed?: string;
}

/** Runs the built program on a pseudo terminal. @returns what is written to its screen, with ␛ for escapes */
export async function runOnTerminal(
  folder: string,
  args: readonly string[],
  { columns = 80, rows = 24, environment = {}, typed = '' }: TerminalOptions = {},
): Promise<{ readonly code: number; readonly screen: string }> {
  const command = `stty cols ${columns} rows ${rows}; exec ${process.execPath} ${MAIN} ${args.join(' ')}`;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env.PATH, TERM: 'xterm', ...environment },
  });
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text.replaceAll('\u001b', '␛');
    if (typed !== '' && screen.includes('[y/N]')) child.stdin.end(typed);
  });
  const [code] = await once(child, 'close');
  return { code, screen };
}
