import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, vi } from 'vitest';
import type { Route } from '../../src/collect/run-context.ts';
import type { Config, Job } from '../../src/config/config.ts';
import type { LoadedConfig } from '../../src/config/load-config.ts';
import { configSchema } from '../../src/config/schema/config-schema.ts';
import { Daemon } from '../../src/daemon/daemon.ts';
import type { Stations } from '../../src/daemon/setup.ts';
import { ViewOfDaemon } from '../../src/daemon/view.ts';
import type { Batch } from '../../src/model/batch.ts';
import { type DataSetReader, NotOffered } from '../../src/model/data-set-reader.ts';
import { packRows } from '../../src/model/row-packer.ts';
import type { RunResult } from '../../src/model/run.ts';
import type { ResultSet, Source } from '../../src/model/source.ts';
import type { State } from '../../src/model/state.ts';
import type { Target } from '../../src/model/target.ts';
import { LocalEngine, type LocalEngineSettings } from '../../src/schedule/local-engine.ts';
import { openSqliteState } from '../../src/state/sqlite/open-state.ts';
import { jobOf, SILENT } from '../support/collecting.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const START = Date.parse('2026-05-04T06:00:00Z');

/** As long as a daemon may not notice that the clock was set. */
const UNNOTICED = 4 * SECOND;
const LATE_TURN = 20_000;

export const EVERY_SECOND = '* * * * * *';
export const EVERY_MINUTE = '* * * * *';
export const HOURLY = '0 * * * *';

/** A snapshot job, whose records tell when they were taken. */
export const snapshotJob = (name: string, over: Record<string, unknown> = {}): Job => ({
  ...jobOf({
    snapshot: { period: 'hour' },
    schedule: EVERY_MINUTE,
    timezone: 'UTC',
    query: 'SELECT number FROM visits',
    record: { id: ['_timestamp'] },
    ...over,
  }),
  name,
  file: `collectors/${name}.yaml`,
});

/** What a station throws when it cannot do its work. */
export class StationError extends Error {
  readonly side: 'source' | 'target';
  constructor(side: 'source' | 'target') {
    super(`the ${side} is down`);
    this.side = side;
  }
}

/** A daemon with a state on disk, in a world whose clock, databases and write API belong to the test. */
export class DaemonWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'pp-daemon-'));
  readonly stateFile = join(this.folder, 'state.sqlite');
  /** The jobs whose databases were asked, with the times. */
  readonly queried: string[] = [];
  /** The records that the write API took. */
  readonly delivered: Record<string, unknown>[] = [];
  /** What became of the stations that were opened, oldest first. */
  readonly stations: { isClosed: boolean; readonly config: Config }[] = [];
  readonly defects: unknown[] = [];
  /** What the scheduler told. */
  readonly told: string[] = [];
  /** What is down. */
  readonly down = new Set<'source' | 'target'>();
  /** What the files say. */
  files: LoadedConfig = { rejectedJobs: [], problems: [] };
  state: State = openSqliteState(this.stateFile);
  random = 0;
  /** What queries give. */
  rows: readonly (readonly [string])[] = [['1']];
  /** What opening stations throws. */
  breaks: Error | undefined;
  readonly #held = new Map<string, PromiseWithResolvers<void>>();
  #daemon: Daemon | undefined;
  readonly #engineSettings: LocalEngineSettings = {
    observer: {
      ticksSkipped: (name, { because }) => this.told.push(`${name} skipped, ${because}`),
      ticksMissed: (name, { count }) => this.told.push(`${name} missed ${count}`),
      startedLate: (name) => this.told.push(`${name} started late`),
      clockSetBack: () => this.told.push('clock set back'),
      cannotSchedule: (name) => this.told.push(`${name} cannot be scheduled`),
      startThrew: (name, error) => this.told.push(`${name} threw ${error}`),
    },
    now: Date.now,
    random: () => this.random,
    onDefect: (error) => this.defects.push(error),
  };

  get daemon(): Daemon {
    if (this.#daemon === undefined) throw new Error('no daemon was begun');
    return this.#daemon;
  }

  get view(): ViewOfDaemon {
    return new ViewOfDaemon(this.daemon, this.state, { version: '1.0.0', now: Date.now });
  }

  /** Writes the files. @param over of config.yaml */
  write(
    jobs: readonly Job[],
    over: Record<string, unknown> = {},
  ): LoadedConfig & { readonly config: Config } {
    const file = configSchema.parse({
      write_api: { url: 'http://127.0.0.1:1' },
      databases: { source: { client: 'better-sqlite3', connection: { filename: 'source.sqlite' } } },
      ...over,
    });
    const files = { config: { ...file, file: 'config.yaml', jobs }, rejectedJobs: [], problems: [] };
    this.files = files;
    return files;
  }

  /** Writes the files and starts a daemon. */
  async begin(jobs: readonly Job[], over: Record<string, unknown> = {}): Promise<void> {
    const { config, rejectedJobs } = this.write(jobs, over);
    this.#daemon = new Daemon(
      {
        state: this.state,
        observer: SILENT,
        engine: (start) => new LocalEngine(this.#engineSettings, start),
        load: () => this.files,
        open: (opened) => this.#open(opened),
        grace: 0,
        folder: this.folder,
        now: Date.now,
        steadyNow: Date.now,
      },
      { config, rejectedJobs },
    );
    await this.daemon.start();
    await this.settled();
  }

  /** What gauges are made of. */
  async remembered() {
    return {
      standings: await this.state.standings(),
      verifications: await this.state.newestVerifications(),
    };
  }

  /** Ends the daemon, lets time pass, and starts another one on what the first one left. */
  async restart(jobs: readonly Job[], later = 0, over: Record<string, unknown> = {}): Promise<void> {
    await this.daemon.stop(new Error('restarted'));
    await this.reopenState();
    vi.setSystemTime(Date.now() + later);
    await this.begin(jobs, over);
  }

  /** As another process would find it. */
  async reopenState(): Promise<void> {
    await this.state.close();
    this.state = openSqliteState(this.stateFile);
  }

  /** Lets the time pass, second by second. */
  async pass(milliseconds: number): Promise<void> {
    for (let passed = 0; passed < milliseconds; passed += SECOND) {
      await vi.advanceTimersByTimeAsync(Math.min(SECOND, milliseconds - passed));
      await this.settled();
    }
  }

  /** Sets the clock, or lets the machine sleep until a time, and waits until the daemon has noticed. */
  async setClock(to: number): Promise<void> {
    vi.setSystemTime(to);
    await this.pass(UNNOTICED);
  }

  /** Lets the queries of a job wait until they are let go. */
  hold(job: string): void {
    this.#held.set(job, Promise.withResolvers());
  }

  async letGo(job: string): Promise<void> {
    this.#held.get(job)?.resolve();
    this.#held.delete(job);
    this.#isWaiting.delete(job);
    await this.settled();
  }

  /** Waits until nothing goes on but what is held. */
  async settled(): Promise<void> {
    const isBusy = ({ name }: Job) =>
      this.daemon.statusOf(name)?.runningSince !== undefined && !this.#isWaiting.has(name);
    await turnsUntil(() => !this.daemon.setup.config.jobs.some(isBusy));
  }

  /** The runs of a job that have ended, oldest first. */
  async runs(job: string): Promise<readonly RunResult[]> {
    return (await this.state.runs({ job, limit: 1_000 })).toReversed();
  }

  async end(): Promise<void> {
    await this.#daemon?.stop(new Error('the test is over'));
    await this.state.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  readonly #isWaiting = new Set<string>();

  #open(config: Config): Stations {
    if (this.breaks !== undefined) throw this.breaks;
    const station = { isClosed: false, config };
    // The older ones take longer.
    const turns = Math.max(1, 5 - this.stations.length);
    this.stations.push(station);
    return {
      routeOf: (job) => this.#routeOf(job),
      close: async () => {
        for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
        station.isClosed = true;
      },
    };
  }

  #routeOf({ name }: Job): Route {
    return {
      source: {
        open: (_query: unknown, signal: AbortSignal) => this.#rowsFor(name, signal),
        clock: async () => Date.now(),
      } as unknown as Source,
      localTime: { zone: 'UTC' },
      target: this.#target,
      reader: NOTHING_TO_READ,
      limits: { max_batch_records: 1_000, max_batch_bytes: 1_048_576, requests_in_flight: 1 },
    };
  }

  async #rowsFor(job: string, signal: AbortSignal): Promise<ResultSet> {
    this.queried.push(`${job}@${timeOfDay(Date.now())}`);
    await this.#heldUp(job, signal);
    if (this.down.has('source')) throw new StationError('source');
    const { rows } = this;
    return {
      columns: [{ name: 'number', type: 'text', kind: 'text' }],
      batches: (async function* () {
        yield packRows(rows);
      })(),
      close: async () => undefined,
    };
  }

  async #heldUp(job: string, signal: AbortSignal): Promise<void> {
    const held = this.#held.get(job);
    if (held === undefined) return;
    this.#isWaiting.add(job);
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
    await Promise.race([held.promise, aborted]).finally(() => this.#isWaiting.delete(job));
  }

  readonly #target: Target = {
    address: 'http://write-api.test/data/test/records',
    post: async ({ bytes }: Batch) => {
      if (this.down.has('target')) throw new StationError('target');
      this.delivered.push(...JSON.parse(bytes.toString()));
      return { requests: 1, bytesSent: bytes.length, refused: [] };
    },
    empty: async () => ({ requests: 1, bytesSent: 0 }),
    remove: async () => true,
  };
}

const NOTHING_TO_READ: DataSetReader = {
  counts: async () => new NotOffered('nothing is kept'),
  sums: async () => new NotOffered('nothing is kept'),
  records: async () => new NotOffered('nothing is kept'),
};

/** Lets everything else have its turn until something is so. */
export async function turnsUntil(isSo: () => boolean): Promise<void> {
  for (let turn = 0; !isSo(); turn++) {
    if (turn > LATE_TURN) throw new Error(`not so within ${LATE_TURN} turns: ${isSo}`);
    await new Promise(setImmediate);
  }
}

export const timeOfDay = (time: number): string => new Date(time).toISOString().slice(11, 19);

/** Tests with a clock of their own, which stands at `START`, and a world for a daemon. */
export const test = base.extend<{ world: DaemonWorld }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern what a fixture needs
  world: async ({}, use) => {
    vi.useFakeTimers({
      now: START,
      toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
    });
    const world = new DaemonWorld();
    await use(world);
    await world.end();
    vi.useRealTimers();
  },
});
