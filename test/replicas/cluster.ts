import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { startPostgresql } from '../support/private-postgresql.ts';
import { freePort, type PrivateServer } from '../support/private-server.ts';
import { Workplace } from '../support/program.ts';
import { RecordingHost } from './recording-host.ts';

const MAIN = resolve(import.meta.dirname, process.env.PROGRAM ?? '../../dist/main.js');
const SET_CLOCK = pathToFileURL(resolve(import.meta.dirname, '../support/set-clock.mjs')).href;

export interface ClusterSettings {
  readonly jobs: number;
  /** More of the section `schedule`, as YAML. */
  readonly schedule?: string;
  readonly maxConnections?: number;
  /** When the jobs run; every minute. */
  readonly ticks?: string;
}

/** Processes of the built program that share a schedule, on servers of their own, with all that they read and write. */
export class Cluster {
  readonly workplace = new Workplace();
  readonly host = new RecordingHost();
  readonly replicas = new Map<string, ClusterReplica>();
  readonly #settings: ClusterSettings;
  #server: PrivateServer | undefined;
  #source: PrivateServer | undefined;

  constructor(settings: ClusterSettings) {
    this.#settings = settings;
  }

  /** Where the state is. */
  get server(): PrivateServer {
    if (this.#server === undefined) throw new Error('the cluster was not prepared');
    return this.#server;
  }

  get names(): readonly string[] {
    return Array.from({ length: this.#settings.jobs }, (_, index) => `job-${index}`);
  }

  async prepare(): Promise<void> {
    [this.#server, this.#source] = await Promise.all([
      startPostgresql({
        options: ['-c', 'max_connections=100', '-c', 'shared_preload_libraries=pg_stat_statements'],
      }),
      startPostgresql({ options: ['-c', 'max_connections=700'] }),
    ]);
    await this.onSource(
      `CREATE TABLE events (job int, number bigint, seen timestamptz DEFAULT now(), PRIMARY KEY (job, number))`,
    );
    await this.onState('CREATE EXTENSION pg_stat_statements');
    await this.host.listen();
    for (const [index, name] of this.names.entries())
      this.workplace.write(`collectors/${name}.yaml`, jobText(index, this.#settings.ticks ?? '* * * * *'));
  }

  /** Writes the configuration of a replica and starts it. @param ahead milliseconds of its clock */
  async start(name: string, ahead = 0): Promise<ClusterReplica> {
    const known = this.replicas.get(name);
    const port = known?.port ?? (await freePort());
    const { schedule = 'max_concurrent_runs: 200', maxConnections = 200 } = this.#settings;
    this.workplace.write(
      `config-${name}.yaml`,
      `write_api: { url: "${this.host.url}" }
databases: { source: { client: pg, connection: "${this.#source?.url}", max_connections: ${maxConnections} } }
state: { url: "${this.server.url}" }
schedule: { engine: pg-boss, ${schedule} }
http: { listen: "127.0.0.1:${port}" }
`,
    );
    const replica = new ClusterReplica(this.workplace.folder, name, port, ahead);
    this.replicas.set(name, replica);
    return replica;
  }

  /** One more event of each job. */
  async write(number: number): Promise<void> {
    await this.onSource(
      `INSERT INTO events (job, number) SELECT job, ${number} FROM generate_series(0, ${this.#settings.jobs - 1}) AS job`,
    );
  }

  onSource = (sql: string) => queried(this.#source?.url ?? '', sql);
  onState = (sql: string) => queried(this.server.url, sql);

  async end(): Promise<void> {
    await Promise.all([...this.replicas.values()].map((replica) => replica.kill()));
    await this.host.close();
    await this.#server?.stop();
    await this.#source?.stop();
    this.workplace.remove();
  }
}

const jobText = (index: number, schedule: string) => `schedule: "${schedule}"
database: source
data_set: { data_group: test, data_type: job-${index}, token: the-token }
cursor: { columns: [number], start: [0] }
query: SELECT number, seen FROM events WHERE job = ${index} AND number > :number ORDER BY number
record: { timestamp: seen, id: [number] }
`;

async function queried(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** One process of the cluster. */
export class ClusterReplica {
  readonly name: string;
  readonly port: number;
  readonly child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(folder: string, name: string, port: number, ahead: number) {
    this.name = name;
    this.port = port;
    const clock = join(folder, `clock-${name}`);
    writeFileSync(clock, String(ahead));
    this.child = spawn(
      process.execPath,
      ['--import', SET_CLOCK, MAIN, 'start', '--config', `config-${name}.yaml`, '--log-format', 'json'],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, SET_CLOCK: clock } },
    );
    this.child.stderr?.pipe(createWriteStream(join(folder, `log-${name}.txt`), { flags: 'a' }));
    this.#ended = once(this.child, 'exit');
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void {
    this.child.kill(signal);
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#ended;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.#ended;
  }

  /** What a path of the status page answers; undefined: nobody does. */
  async get(path: string): Promise<{ readonly status: number; readonly body: string } | undefined> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, {
        signal: AbortSignal.timeout(5_000),
      });
      return { status: answer.status, body: await answer.text() };
    } catch {
      return undefined;
    }
  }
}
