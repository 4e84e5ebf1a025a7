import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { kill9 } from '../support/kill9.ts';
import { freePort } from '../support/private-server.ts';
import { HEADERS, NAME, PATH, TOKEN } from './memory-write-api.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');

/** `serve` as a process of its own that can be killed and started again on the same storage. */
export class ServeProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'write-api-'));
  readonly #storage: string;
  #port = 0;
  #child: ChildProcess | undefined;
  #client: Pool | undefined;

  /** @param storage as in write-api.yaml; a relative file is the one that `file` names */
  constructor(storage: string) {
    this.#storage = storage;
  }

  file(name: string): string {
    return join(this.#folder, name);
  }

  async start(): Promise<void> {
    this.#port ||= await freePort();
    writeFileSync(
      this.file('write-api.yaml'),
      `listen: 127.0.0.1:${this.#port}
storage: ${this.#storage}
data_sets: [{ data_group: carers-allowance, data_type: transaction-count, name: ${NAME}, token: ${TOKEN} }]
`,
      { mode: 0o600 },
    );
    const child = spawn(process.execPath, [MAIN, 'serve'], {
      cwd: this.#folder,
      stdio: 'ignore',
    });
    this.#child = child;
    this.#client = new Pool(`http://127.0.0.1:${this.#port}`, { connections: 20 });
    while (!(await this.#answers())) {
      if (child.exitCode !== null) throw new Error(`serve ended with exit code ${child.exitCode}`);
      await delay(20);
    }
  }

  /** The status of the answer; undefined when the connection ended without one. */
  async post(records: readonly object[]): Promise<number | undefined> {
    const body = JSON.stringify(records);
    try {
      const answer = await this.#client?.request({ method: 'POST', path: PATH, headers: HEADERS, body });
      await answer?.body.dump();
      return answer?.statusCode;
    } catch {
      return undefined;
    }
  }

  /** Ends it as a power cut would. */
  async kill9(): Promise<void> {
    if (this.#child === undefined) return;
    await kill9(this.#child);
    await this.#client?.destroy();
  }

  async remove(): Promise<void> {
    await this.kill9();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    try {
      const answer = await this.#client?.request({ method: 'GET', path: '/_status' });
      await answer?.body.dump();
      return true;
    } catch {
      return false;
    }
  }
}
