import { randomUUID } from 'node:crypto';
import { test as base } from 'vitest';
import { BossQueue } from '../../src/replicas/boss-queue.ts';
import type { SharedDatabase } from '../../src/replicas/database.ts';
import { DatabaseClock } from '../../src/replicas/database-clock.ts';
import { Members, type Replica } from '../../src/replicas/members.ts';
import { runIdOf } from '../../src/replicas/run-ids.ts';
import { sharedDatabase } from '../../src/replicas/shared-database.ts';
import { SharedEngine } from '../../src/replicas/shared-engine.ts';
import type {
  RunCause,
  ScheduledJob,
  ScheduledOutcome,
  SchedulePlan,
} from '../../src/schedule/scheduler-interface.ts';
import { openPlace } from '../state/open-place.ts';
import { createDatabase, type TestDatabase } from '../support/databases.ts';
import { openPool } from '../support/pool.ts';

export interface Started {
  readonly replica: string;
  readonly job: string;
  readonly tick: number | undefined;
  readonly cause: RunCause;
  readonly at: number;
}

export const planOf = (
  jobs: readonly Partial<ScheduledJob>[],
  over: Partial<SchedulePlan> = {},
): SchedulePlan => ({
  jobs: jobs.map((job, index) => ({
    name: `job-${index}`,
    schedule: '* * * * * *',
    timezone: 'UTC',
    jitter: 0,
    database: 'source',
    ...job,
  })),
  missedRuns: 'run_once',
  maxConcurrentRuns: 10,
  maxConnections: new Map(),
  ...over,
});

/** A replica whose runs belong to the test. */
export class TestReplica {
  readonly engine: SharedEngine;
  readonly troubles: (string | undefined)[] = [];
  replicas: readonly Replica[] = [];
  readonly #name: string;
  readonly #world: SharedWorld;

  constructor(world: SharedWorld, name: string, url: string) {
    this.#world = world;
    this.#name = name;
    const database = sharedDatabase(openPool(url, 2), (error) => error);
    this.engine = new SharedEngine(
      {
        database,
        clock: new DatabaseClock(() => performance.now()),
        members: new Members(database.ask, randomUUID(), name),
        hasSucceededSince: async () => world.hasSucceeded,
        lastStarts: async (jobs) => new Map(jobs.map((job) => [job, world.lastStart])),
        observer: {
          ticksSkipped: (job, { count }) => world.told.push(`${job} skipped ${count}`),
          ticksMissed: (job, { count }) => world.told.push(`${job} missed ${count}`),
          startedLate: (job) => world.told.push(`${job} started late`),
          clockSetBack: () => undefined,
          cannotSchedule: (job) => world.told.push(`${job} cannot be scheduled`),
          startThrew: (job, error) => world.told.push(`${job} threw ${error}`),
        },
        onTrouble: (error) => {
          this.troubles.push(error?.message);
        },
        onReplicas: (replicas) => {
          this.replicas = replicas;
          world.changed();
        },
      },
      (job, tick, cause) => this.#run(job, tick, cause),
    );
  }

  async begin(
    plan: SchedulePlan,
    servedUpTo: number | undefined = undefined,
    configuration = 'one',
  ): Promise<void> {
    await this.engine.replace(
      plan,
      { servedUpTo: () => servedUpTo, laterStarts: () => [] },
      () => configuration,
    );
    await this.engine.begin();
  }

  async #run(job: string, tick: number | undefined, cause: RunCause): Promise<ScheduledOutcome> {
    this.#world.started.push({ replica: this.#name, job, tick, cause, at: Date.now() });
    this.#world.changed();
    return await this.#world.perform(job, this.#name);
  }
}

/** A database, the replicas that share it, and what they have run. */
export class SharedWorld {
  readonly started: Started[] = [];
  readonly told: string[] = [];
  hasSucceeded = false;
  /** When the last run of every job began that the state knows. */
  lastStart = -Infinity;
  /** What runs do. */
  perform: (job: string, replica: string) => Promise<ScheduledOutcome> = async () => 'succeeded';
  readonly #database: TestDatabase;
  readonly #replicas: TestReplica[] = [];
  #change = Promise.withResolvers<void>();

  constructor(database: TestDatabase) {
    this.#database = database;
  }

  get url(): string {
    return this.#database.url;
  }

  replica(name: string, url = this.url): TestReplica {
    const replica = new TestReplica(this, name, url);
    this.#replicas.push(replica);
    return replica;
  }

  /** What a replica does some seconds before a tick. */
  async putIntoQueue(job: string, tick: number, schedule: string): Promise<void> {
    await this.#with(async (database) => {
      const queue = await BossQueue.open(database, () => undefined);
      await queue.add([
        { id: runIdOf(job, tick), job, dueAt: tick, data: { cause: 'tick', tick, schedule } },
      ]);
      await queue.close();
    });
  }

  async onDatabase(statement: string): Promise<void> {
    await this.#with(({ ask }) => ask(statement));
  }

  /** What each new session begins with. */
  async presetSessions(...settings: readonly string[]): Promise<void> {
    const name = new URL(this.url).pathname.slice(1);
    for (const setting of settings) await this.onDatabase(`ALTER DATABASE ${name} SET ${setting}`);
  }

  async #with(work: (database: SharedDatabase) => Promise<unknown>): Promise<void> {
    const database = sharedDatabase(openPool(this.url), (error) => error);
    await work(database);
    await database.close();
  }

  changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  /** Waits until something is so. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.#change.promise;
  }

  ticksOf(job: string): number[] {
    return this.started.flatMap((run) => (run.job === job && run.tick !== undefined ? run.tick : []));
  }

  async end(): Promise<void> {
    await Promise.all(this.#replicas.map(({ engine }) => engine.stop()));
    await this.#database.drop();
  }
}

export const test = base.extend<{ world: SharedWorld }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern what a fixture needs
  world: async ({}, use) => {
    const database = await createDatabase('pg');
    const state = await openPlace(database.url);
    await state.close();
    const world = new SharedWorld(database);
    await use(world);
    await world.end();
  },
});
