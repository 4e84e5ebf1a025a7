import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test as base } from 'vitest';
import { createDatabase, type TestDatabase } from './databases.ts';
import { type FaultyServer, startFaultyServer } from './faulty-server.ts';
import { type Ended, Workplace } from './program.ts';
import { RunningDaemon } from './running-daemon.ts';

const SET_CLOCK = pathToFileURL(resolve(import.meta.dirname, 'set-clock.mjs')).href;

/** A workplace with a database and a write API, where the daemon is started, by a clock that can be set. */
export class DaemonPlace {
  readonly workplace = new Workplace();
  readonly #clock = join(this.workplace.folder, 'clock');
  readonly #environment = { NODE_OPTIONS: `--import=${SET_CLOCK}`, SET_CLOCK: this.#clock };
  readonly #daemons: RunningDaemon[] = [];
  #database: TestDatabase | undefined;
  readonly api: FaultyServer;

  constructor(api: FaultyServer) {
    this.api = api;
  }

  get database(): TestDatabase {
    if (this.#database === undefined) throw new Error('no database was prepared');
    return this.#database;
  }

  /** Makes the database and writes config.yaml. @param more lines of it */
  async prepare(client: 'pg' | 'mysql2' | 'better-sqlite3', more = ''): Promise<void> {
    const database = await createDatabase(client);
    this.#database = database;
    const connection = client === 'better-sqlite3' ? `{ filename: "${database.url}" }` : `"${database.url}"`;
    this.workplace.write(
      'config.yaml',
      `write_api: { url: "${this.api.url}" }
databases: { source: { client: ${client}, connection: ${connection} } }
http: { listen: "127.0.0.1:0" }
${more}`,
    );
  }

  start(args: readonly string[] = []): RunningDaemon {
    const daemon = new RunningDaemon(this.workplace, args, this.#environment);
    this.#daemons.push(daemon);
    return daemon;
  }

  run(args: readonly string[]): Promise<Ended> {
    return this.workplace.run(args, { environment: this.#environment });
  }

  /** Sets the clock of all programs that run here. */
  setAhead(milliseconds: number): void {
    writeFileSync(this.#clock, String(milliseconds));
  }

  async end(): Promise<void> {
    for (const { child, ended } of this.#daemons) {
      child.kill('SIGKILL');
      await ended;
    }
    await this.#database?.drop();
    await this.api.close();
    this.workplace.remove();
  }
}

export const test = base.extend<{ place: DaemonPlace }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern what a fixture needs
  place: async ({}, use) => {
    const place = new DaemonPlace(await startFaultyServer());
    await use(place);
    await place.end();
  },
});
