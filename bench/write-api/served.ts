import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
const TOKEN = 'token-of-the-bench';
export const HEADERS = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
export const PATHS = { batches: '/data/bench/batches', singles: '/data/bench/singles' } as const;
/** What the store calls the data set of batches. */
export const BATCHES = 'bench_batches';

export interface ServedOptions {
  /** `postgres://…`, or a SQLite file; left out: a file that goes with the process. */
  readonly place?: string | undefined;
  /** The text of a dashboard, which is called `bench`. */
  readonly dashboard?: string;
}

/** `serve` of the built program as a process of its own. */
export class Served {
  readonly origin: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, port: number) {
    this.#child = child;
    this.#folder = folder;
    this.origin = `http://127.0.0.1:${port}`;
  }

  static async start({ place = 'bench.sqlite', dashboard }: ServedOptions = {}): Promise<Served> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-write-api-'));
    const port = await freePort();
    const dataSet = (type: string) => `  - { data_group: bench, data_type: ${type}, token: ${TOKEN} }`;
    writeFileSync(
      join(folder, 'write-api.yaml'),
      `listen: 127.0.0.1:${port}
storage: { ${place.startsWith('postgres') ? 'url' : 'file'}: "${place}" }
${dashboard === undefined ? '' : 'dashboards: dashboards'}
data_sets:
${dataSet('batches')}
${dataSet('singles')}
`,
      { mode: 0o600 },
    );
    if (dashboard !== undefined) {
      mkdirSync(join(folder, 'dashboards'));
      writeFileSync(join(folder, 'dashboards/bench.yaml'), dashboard);
    }
    const child = spawn(process.execPath, [MAIN, 'serve', 'write-api.yaml', '--log-level', 'warn'], {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const served = new Served(child, folder, port);
    while (!(await served.#answers())) {
      if (child.exitCode !== null) throw new Error(`the server ended with exit code ${child.exitCode}`);
      await delay(5);
    }
    return served;
  }

  /** Resident memory in bytes, now or at its highest so far, as the operating system accounts it. */
  memory(which: 'VmRSS' | 'VmHWM'): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(new RegExp(`^${which}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024;
  }

  /** Seconds of processor time so far, of all threads. */
  processorTime(): number {
    const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #answers(): Promise<boolean> {
    return request(`${this.origin}/_status`).then(
      ({ body }) => body.dump().then(() => true),
      () => false,
    );
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
