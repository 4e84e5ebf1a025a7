import type { ConstructorOptions, PgBoss } from 'pg-boss';
import { HOUR, SECOND } from '../calendar/durations.ts';
import type { Ask, SharedDatabase } from './database.ts';
import { QUEUE, type RunData, SCHEMA } from './run-queue-table.ts';

/** A run that this replica has taken out of the queue, and which attempt at it this is. */
export interface ClaimedRun {
  readonly id: string;
  readonly job: string;
  readonly retryCount: number;
}

/** A run that is to be put into the queue. */
export interface NewRun {
  /** A second one with the id of one that is known is ignored; left out: one of its own. */
  readonly id?: string;
  readonly job: string;
  /** Epoch milliseconds by the database's clock. */
  readonly dueAt: number;
  readonly data: RunData;
}

/**
 * Seconds after the last sign of life of whoever runs something until it is offered again. Whether anybody may then
 * run it is decided by the job's lease, which ends by itself after 20 s.
 */
const HEARTBEAT = 15;
/** Seconds between two looks for runs of the dead. */
const MONITOR = 5;
/** How long what became of a run is known, and its id with it; seconds. */
const KEPT = (2 * HOUR) / SECOND;
/** In practice for ever: how often a run may be offered anew, and how long it may wait, seconds. */
const [ATTEMPTS, PATIENCE] = [10_000, 14 * 24 * 3_600];
const OF_QUEUE = {
  // Not `stately`: there one job whose run goes on, and is due again, lets nobody else have a turn.
  policy: 'standard',
  retryLimit: ATTEMPTS,
  retryDelay: 0,
  heartbeatSeconds: HEARTBEAT,
  expireInSeconds: 24 * 3_600,
  retentionSeconds: PATIENCE,
  deleteAfterSeconds: KEPT,
};
/** Orders by seconds when something is due; what is earlier than this comes all at once. */
const ORDER_FROM = Date.UTC(2026, 0, 1);

/** The queue of runs that all replicas share: pg-boss's, in a schema of its own. */
export class BossQueue {
  readonly #boss: PgBoss;

  private constructor(boss: PgBoss) {
    this.#boss = boss;
  }

  /** Makes or renews pg-boss's tables and begins to look after them. */
  static async open(database: SharedDatabase, onError: (error: unknown) => void): Promise<BossQueue> {
    const { PgBoss } = await import('pg-boss');
    const boss = new PgBoss({
      db: databaseOf(database.ask),
      schema: SCHEMA,
      // To ask for "create if it is not there" takes the right to create one, also when it is there.
      createSchema: !(await hasSchema(database.ask)),
      schedule: false,
      superviseIntervalSeconds: MONITOR,
      monitorIntervalSeconds: MONITOR,
      maintenanceIntervalSeconds: 600,
      flowIntervalSeconds: 3_600,
    });
    boss.on('error', onError);
    try {
      await boss.start();
      await boss.createQueue(QUEUE, OF_QUEUE);
    } catch (error) {
      await boss.stop({ graceful: false });
      throw error;
    }
    return new BossQueue(boss);
  }

  /** Gives the ids of those that were not known. */
  async add(runs: readonly NewRun[], ask?: Ask): Promise<readonly string[]> {
    if (runs.length === 0) return [];
    const added = await this.#boss.insert(
      QUEUE,
      runs.map(({ id, job, dueAt, data }) => ({
        ...(id === undefined ? {} : { id }),
        data,
        group: { id: job },
        startAfter: new Date(dueAt),
        // First come, first served: pg-boss itself orders by when a run was put into the queue.
        priority: Math.min(0, Math.floor((ORDER_FROM - dueAt) / SECOND)),
      })),
      { returnId: true, ...through(ask) },
    );
    return added ?? [];
  }

  /**
   * Takes due runs out of the queue, one of each job, none of a job that some replica runs.
   *
   * @param count as many as are due of the jobs that are not left out @param leftOut jobs
   */
  async claim(count: number, leftOut: readonly string[], ask: Ask): Promise<readonly ClaimedRun[]> {
    const runs = await this.#boss.fetch<RunData>(QUEUE, {
      batchSize: count,
      groupConcurrency: 1,
      ignoreGroups: [...leftOut],
      ...through(ask),
    });
    return runs.map(({ id, groupId, retryCount }) => ({ id, job: groupId ?? '', retryCount }));
  }

  /** Takes runs from the queue that another one stands for. */
  async drop(ids: readonly string[], ask?: Ask): Promise<void> {
    if (ids.length > 0) await this.#boss.cancel(QUEUE, [...ids], through(ask));
  }

  /** Says that this replica still runs these. */
  async touch(runs: readonly ClaimedRun[]): Promise<void> {
    if (runs.length > 0) await this.#boss.touch(QUEUE, attempts(runs));
  }

  /** The runs are over. Nothing happens to one that has been given to somebody else. */
  async complete(runs: readonly ClaimedRun[]): Promise<void> {
    if (runs.length > 0) await this.#boss.complete(QUEUE, attempts(runs));
  }

  /** Somebody else is to run them, from the beginning. */
  async putBack(runs: readonly ClaimedRun[]): Promise<void> {
    if (runs.length > 0) await this.#boss.fail(QUEUE, attempts(runs));
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false });
  }
}

const attempts = (runs: readonly ClaimedRun[]) => runs.map(({ id, retryCount }) => ({ id, retryCount }));

/** As pg-boss wants to be told where a statement goes; of several statements it takes several results. */
const databaseOf = (ask: Ask) => ({ executeSql: ask as NonNullable<ConstructorOptions['db']>['executeSql'] });

const through = (ask: Ask | undefined) => (ask === undefined ? {} : { db: databaseOf(ask) });

async function hasSchema(ask: Ask): Promise<boolean> {
  const { rows } = await ask('SELECT FROM pg_namespace WHERE nspname = $1', [SCHEMA]);
  return rows.length > 0;
}
