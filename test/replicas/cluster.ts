import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { startPostgresql } from '../support/private-postgresql.ts';
import { freePort, type PrivateServer } from '../support/private-server.ts';
import { Workplace } from '../support/program.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { RecordingHost } from './recording-host.ts';

const MAIN = resolve(import.meta.dirname, process.env.PROGRAM ?? '../../dist/main.js');
const SET_CLOCK = pathToFileURL(resolve(import.meta.dirname, '../support/set-clock.mjs')).href;

export interface ClusterSettings {
  readonly jobs: number;
  /** More of the section `schedule`, as YAML. */
  readonly schedule?: string;
  /** More of the section `write_api`, as YAML. */
  readonly writeApi?: string;
  readonly maxConnections?: number;
  /** When the jobs run; every minute. */
  readonly ticks?: string;
}

export interface ReplicaSettings {
  /** Milliseconds of its clock. */
  readonly ahead?: number;
  /** Its folder of job files. */
  readonly collectors?: string;
  /** More of the section `schedule`, as YAML. */
  readonly schedule?: string;
}

/** Processes of the built program that share a schedule, on servers of their own, with all that they read and write. */
export class Cluster {
  readonly workplace = new Workplace();
  readonly host = new RecordingHost();
  /** When the state's database was away. Milliseconds. */
  readonly outages: { readonly from: number; readonly to: number }[] = [];
  readonly replicas = new Map<string, ClusterReplica>();
  readonly #settings: ClusterSettings;
  /** By which way and as whom replicas reach the state; left out: as the server's own user, directly. */
  stateUrl: string | undefined;
  readonly #ways = new Map<string, TcpProxy>();
  readonly #others: Pick<PrivateServer, 'stop'>[] = [];
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
      this.writeJob(`collectors/${name}.yaml`, index, this.#settings.ticks);
  }

  /** Ends a server with the cluster. */
  stopAfterwards(server: Pick<PrivateServer, 'stop'>): void {
    this.#others.push(server);
  }

  writeJob(file: string, index: number, ticks = '* * * * *'): void {
    this.workplace.write(file, jobText(index, ticks));
  }

  /** Writes the configuration of a replica and starts it. */
  async start(name: string, settings: ReplicaSettings = {}): Promise<ClusterReplica> {
    const port = this.replicas.get(name)?.port ?? (await freePort());
    const way = await this.#wayOf(name);
    const { maxConnections = 200, writeApi = '' } = this.#settings;
    const {
      ahead = 0,
      collectors = 'collectors',
      schedule = this.#settings.schedule ?? 'max_concurrent_runs: 200',
    } = settings;
    const state = new URL(this.stateUrl ?? this.server.url);
    state.port = String(way.port);
    this.workplace.write(
      `config-${name}.yaml`,
      `write_api: { url: "${this.host.url}", ${writeApi} }
collectors: ${collectors}
databases: { source: { client: pg, connection: "${this.#source?.url}", max_connections: ${maxConnections} } }
state: { url: "${state.href}" }
schedule: { engine: pg-boss, ${schedule} }
http: { listen: "127.0.0.1:${port}" }
`,
    );
    const replica = new ClusterReplica({ folder: this.workplace.folder, name, port, ahead, way });
    this.replicas.set(name, replica);
    return replica;
  }

  async #wayOf(name: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(this.stateUrl ?? this.server.url);
    const way = this.#ways.get(name) ?? (await startTcpProxy({ host: hostname, port: Number(port) }));
    this.#ways.set(name, way);
    return way;
  }

  /** One more event of each job. */
  async write(number: number): Promise<void> {
    await this.onSource(
      `INSERT INTO events (job, number) SELECT job, ${number} FROM generate_series(0, ${this.#settings.jobs - 1}) AS job`,
    );
  }

  /** From now on remembers when each lease was taken, in a table `begun` of the state's database. */
  async noteBegun(): Promise<void> {
    for (let isThere = false; !isThere; await delay(100)) {
      const [row] = await this.onState(
        `SELECT to_regclass('pp_db_collector.leases') IS NOT NULL AS is_there`,
      );
      isThere = row?.is_there === true;
    }
    await this.onState(
      `CREATE TABLE begun (job text NOT NULL, at float8 NOT NULL);
       CREATE FUNCTION note_begun() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         INSERT INTO public.begun VALUES (NEW.job, extract(epoch FROM clock_timestamp()) * 1000); RETURN NEW;
       END $$;
       CREATE TRIGGER note_begun AFTER INSERT OR UPDATE OF instance ON pp_db_collector.leases
         FOR EACH ROW EXECUTE FUNCTION note_begun()`,
    );
  }

  /** Kills the server of the state and starts it some milliseconds later. */
  async outage(milliseconds: number): Promise<void> {
    const from = Date.now();
    await this.server.kill9();
    await delay(milliseconds);
    await this.server.restart();
    this.outages.push({ from, to: Date.now() });
  }

  onSource = (sql: string) => queried(this.#source?.url ?? '', sql);
  onState = (sql: string) => queried(this.server.url, sql);

  async end(): Promise<void> {
    await Promise.all([...this.replicas.values()].map((replica) => replica.kill()));
    await Promise.all([...this.#ways.values()].map((way) => way.close()));
    await Promise.all(this.#others.map((server) => server.stop()));
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

interface ReplicaPlace {
  readonly folder: string;
  readonly name: string;
  readonly port: number;
  readonly ahead: number;
  readonly way: TcpProxy;
}

/** One process of the cluster. */
export class ClusterReplica {
  readonly name: string;
  readonly port: number;
  readonly child: ChildProcess;
  readonly #way: TcpProxy;
  readonly #log: string;
  readonly #ended: Promise<unknown>;

  constructor({ folder, name, port, ahead, way }: ReplicaPlace) {
    this.name = name;
    this.port = port;
    this.#way = way;
    this.#log = join(folder, `log-${name}.txt`);
    const clock = join(folder, `clock-${name}`);
    writeFileSync(clock, String(ahead));
    this.child = spawn(
      process.execPath,
      ['--import', SET_CLOCK, MAIN, 'start', '--config', `config-${name}.yaml`, '--log-format', 'json'],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, SET_CLOCK: clock } },
    );
    this.child.stderr?.pipe(createWriteStream(this.#log, { flags: 'a' }));
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

  /** What it has logged, by codes of messages; that of all processes of its name. */
  logged(code: string): readonly Record<string, unknown>[] {
    const lines = readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line)).filter((entry) => entry.code === code);
  }

  /** Takes the database of the state away from it alone. */
  cutOff(): void {
    this.#way.refuse(true);
    this.#way.reset();
  }

  reconnect(): void {
    this.#way.refuse(false);
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
