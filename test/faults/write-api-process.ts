import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { inherited } from '../support/compile-cache.ts';
import { freePort } from '../support/private-server.ts';

export const TOKEN = 'the-token-of-the-data-set';
const LONGEST_START = 60_000;
/** The write API keeps `_timestamp` with an offset. */
const STORED_ZONE = /("_timestamp":"[^"]{19})\+00:00"/;

/** `serve` of the built program as a process of its own, with a SQLite store that survives it. */
export class WriteApiProcess {
  readonly port: number;
  readonly #program: string;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  private constructor(program: string, folder: string, port: number) {
    this.#program = program;
    this.#folder = folder;
    this.port = port;
  }

  static async start(program: string, folder: string): Promise<WriteApiProcess> {
    const api = new WriteApiProcess(program, folder, await freePort());
    writeFileSync(
      join(folder, 'write-api.yaml'),
      `listen: 127.0.0.1:${api.port}
storage: { file: store.sqlite }
data_sets:
  - { data_group: faults, data_type: rows, token: ${TOKEN}, raw_queries_allowed: true, schema: { properties: { note: { not: { enum: [refused] } } } } }
`,
    );
    await api.restart();
    return api;
  }

  async restart(): Promise<void> {
    const log = {
      cwd: this.#folder,
      env: inherited(),
      stdio: ['ignore', 'ignore', 'ignore'] as ['ignore', 'ignore', 'ignore'],
    };
    const child = spawn(process.execPath, [this.#program, 'serve', 'write-api.yaml'], log);
    this.#child = child;
    for (const deadline = performance.now() + LONGEST_START; !(await this.#listens()); await delay(20)) {
      if (child.exitCode !== null || performance.now() > deadline)
        throw new Error(`the write API does not start (exit code ${child.exitCode})`);
    }
  }

  /** Ends it as a power cut would. */
  async kill9(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Removes one record, as nobody does who writes. */
  async remove(id: string): Promise<void> {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const path = `/data/faults/rows/${encodeURIComponent(id)}`;
    const { status } = await fetch(`http://127.0.0.1:${this.port}${path}`, { method: 'DELETE', headers });
    if (status !== 200) throw new Error(`a record could not be removed (${status})`);
  }

  /** Loses all records, as a disk does that is replaced by an empty one. */
  async loseRecords(): Promise<void> {
    await this.kill9();
    for (const suffix of ['', '-wal', '-shm'])
      rmSync(join(this.#folder, `store.sqlite${suffix}`), { force: true });
    await this.restart();
  }

  /** The JSON texts of all records by their `_id`, as they were sent. */
  records(): ReadonlyMap<string, string> {
    const file = join(this.#folder, 'store.sqlite');
    if (!existsSync(file)) return new Map();
    const database = new Database(file, { readonly: true });
    try {
      const records = database.prepare('SELECT id, json FROM records').raw().all() as [string, string][];
      return new Map(records.map(([id, json]) => [id, json.replace(STORED_ZONE, '$1Z"')]));
    } finally {
      database.close();
    }
  }

  #listens(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      const answer = (listens: boolean) => {
        socket.destroy();
        resolve(listens);
      };
      socket.once('connect', () => answer(true)).once('error', () => answer(false));
    });
  }
}
