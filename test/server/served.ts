import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { PATH, TOKEN } from './memory-write-api.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');

/** `serve` as a process of its own, seen over sockets. */
export interface Served {
  readonly port: number;
  readonly pid: number;
  /** The largest resident set of the process since it started or since `forgetPeak`, in MB. */
  peakMemory(): number;
  forgetPeak(): void;
  /** What the process has written to standard error. */
  log(): string;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<number | null>;
}

/**
 * Starts it with the one data set of memory-write-api.ts; it is killed with the test.
 * @param settings further lines of write-api.yaml
 * @param afterwards takes what kills it, where it is not for one test alone
 */
export async function serve(
  settings = '',
  afterwards: (end: () => void) => void = onTestFinished,
): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'write-api-'));
  writeFileSync(
    join(folder, 'write-api.yaml'),
    `listen: 127.0.0.1:0
data_sets: [{ data_group: carers-allowance, data_type: transaction-count, token: ${TOKEN} }]
${settings}`,
  );
  const child = spawn(process.execPath, [MAIN, 'serve', '--log-format', 'json'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  afterwards(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  let log = '';
  const listening = new Promise<number>((found, lost) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const [, port] = /"[^"]*http:\/\/127\.0\.0\.1:(\d+)"/.exec(log) ?? [];
      if (port !== undefined) found(Number(port));
    });
    child.once('exit', () => lost(new Error(`serve ended: ${log}`)));
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const pid = child.pid ?? 0;
  return {
    port: await listening,
    pid,
    peakMemory: () =>
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024,
    forgetPeak: () => writeFileSync(`/proc/${pid}/clear_refs`, '5'),
    log: () => log,
    signal: (name) => child.kill(name),
    ended,
  };
}

/** A connection whose breaking off is no error of the test. */
export async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  return socket.on('error', () => undefined);
}

/** What comes over a connection until the other side closes it, or until `until` is seen. */
export async function received(socket: Socket, until = /$^/): Promise<string> {
  let answer = '';
  try {
    for await (const chunk of socket) {
      answer += chunk;
      if (until.test(answer)) break;
    }
  } catch {
    // It was broken off: what has come until then counts.
  }
  return answer;
}

/** A POST as bytes over the wire. */
export function rawPost(
  body: string | Buffer,
  headers: Readonly<Record<string, string | number>> = {},
): Buffer {
  const all = {
    Host: 'localhost',
    Authorization: `Bearer ${TOKEN}`,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST ${PATH} HTTP/1.1\r\n${lines.join('')}\r\n`), Buffer.from(body)]);
}
