import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { BossQueue, type ClaimedRun, type NewRun } from '../../src/replicas/boss-queue.ts';
import { claimRuns } from '../../src/replicas/claim-runs.ts';
import { Members } from '../../src/replicas/members.ts';
import { SCHEMA } from '../../src/replicas/run-queue-table.ts';
import { sharedDatabase } from '../../src/replicas/shared-database.ts';
import type { SchedulePlan } from '../../src/schedule/scheduler-interface.ts';
import { openPlace } from '../../test/state/open-place.ts';
import { openPool } from '../../test/support/pool.ts';
import type { Cost } from './queue-costs.ts';

/** A queue of runs in a real database, whose work is measured. */
export class QueueWorkbench {
  readonly #pool: pg.Pool;
  readonly #database: ReturnType<typeof sharedDatabase>;
  readonly #queue: BossQueue;
  readonly #members: Members;
  readonly #plan: SchedulePlan;

  private constructor(pool: pg.Pool, queue: BossQueue, plan: SchedulePlan) {
    this.#pool = pool;
    this.#database = sharedDatabase(pool, (error) => error);
    this.#queue = queue;
    this.#plan = plan;
    this.#members = new Members(this.#database.ask, randomUUID(), 'the benchmark');
  }

  /** @param url a server that has loaded pg_stat_statements; its database gets the tables */
  static async open(url: string, plan: SchedulePlan): Promise<QueueWorkbench> {
    const state = await openPlace(url);
    await state.close();
    const pool = openPool(url, 2);
    const database = sharedDatabase(pool, (error) => error);
    const queue = await BossQueue.open(database, (error) => {
      throw error;
    });
    await pool.query('CREATE EXTENSION pg_stat_statements');
    return new QueueWorkbench(pool, queue, plan);
  }

  get ask() {
    return this.#database.ask;
  }

  async add(runs: readonly NewRun[]): Promise<void> {
    await this.#queue.add(runs);
  }

  async complete(runs: readonly ClaimedRun[]): Promise<void> {
    await this.#queue.complete(runs);
  }

  /** A sign of life while some runs go on. */
  async greet(runs: readonly ClaimedRun[]): Promise<void> {
    await this.#queue.touch(runs);
    await this.#members.greet('one');
  }

  /** @param most how many at most @param limits others than those of the plan */
  async claim(most: number, limits: Partial<SchedulePlan> = {}): Promise<readonly ClaimedRun[]> {
    const settings = { plan: { ...this.#plan, ...limits }, most, aliveSince: 0 };
    return (await claimRuns(this.#database, this.#queue, settings)).runs;
  }

  async empty(): Promise<void> {
    await this.#pool.query(`DELETE FROM ${SCHEMA}.job WHERE state < 'active'`);
    await this.vacuum('VACUUM ANALYZE');
  }

  /** @returns milliseconds */
  async vacuum(how: string): Promise<number> {
    const table = await this.#table();
    const began = performance.now();
    await this.#pool.query(`${how} ${table}`);
    return performance.now() - began;
  }

  /** Bytes of the table of runs, its indexes included. */
  async size(): Promise<number> {
    return await this.#number(`SELECT pg_total_relation_size('${await this.#table()}') AS number`);
  }

  async deadRows(): Promise<number> {
    const table = await this.#table();
    await this.#pool.query('SELECT pg_stat_force_next_flush()');
    return await this.#number(
      `SELECT n_dead_tup AS number FROM pg_stat_all_tables WHERE relid = '${table}'::regclass`,
    );
  }

  /**
   * The least of several times. What it lasts is the processor time of this process and the time of the statements: a
   * clock on the wall would measure who else uses the machine.
   *
   * @param prepare what comes before each time and is not measured
   */
  async cost<Prepared>(
    times: number,
    prepare: () => Promise<Prepared>,
    work: (prepared: Prepared) => Promise<unknown>,
  ): Promise<Cost> {
    const [lasts, database]: [number[], number[]] = [[], []];
    for (let time = 0; time < times; time++) {
      const prepared = await prepare();
      await this.#pool.query('SELECT pg_stat_statements_reset()');
      const before = process.cpuUsage();
      await work(prepared);
      const { user, system } = process.cpuUsage(before);
      const inStatements = await this.#number(
        `SELECT sum(total_exec_time + total_plan_time) AS number FROM pg_stat_statements
         WHERE query NOT LIKE '%pg_stat_statements%'`,
      );
      lasts.push((user + system) / 1_000 + inStatements);
      database.push(inStatements);
    }
    return { lasts: Math.min(...lasts), database: Math.min(...database) };
  }

  async close(): Promise<void> {
    await this.#queue.close();
    await this.#pool.end();
  }

  /** pg-boss keeps its rows in partitions; with one queue, all are in one. */
  async #table(): Promise<string> {
    const { rows } = await this.#pool.query<{ name: string }>(
      `SELECT tableoid::regclass::text AS name FROM ${SCHEMA}.job LIMIT 1`,
    );
    return rows[0]?.name ?? `${SCHEMA}.job`;
  }

  async #number(sql: string): Promise<number> {
    const { rows } = await this.#pool.query<{ number: string | null }>(sql);
    return Number(rows[0]?.number ?? 0);
  }
}
