import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mode } from '../../src/model/mode.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { cursorModel } from './cursor-model.ts';
import { giveToOwner, ownerIsLockedOut } from './foreign-file.ts';
import type { KeptState, StateKeeper } from './kept-state.ts';
import type { Differences, Facts, Model, ModelOf } from './model.ts';
import { Observations } from './observations.ts';
import type { EpisodePlan } from './plan.ts';
import { Random } from './random.ts';
import { snapshotModel } from './snapshot-model.ts';
import { type Source, type SourceServer, using } from './source-server.ts';
import { createTable, insertRows, readRows } from './source-table.ts';
import { isNewest, windowModel } from './window-model.ts';
import { type Addresses, writeJob } from './workplace.ts';
import { WriteApiProcess } from './write-api-process.ts';
import { WriteHost } from './write-host.ts';
import { Writers } from './writers.ts';

const MODELS: ModelOf = { window: windowModel, cursor: cursorModel, snapshot: snapshotModel };

/** Everything that takes part in an episode but the collector. */
export class Stage {
  readonly plan: EpisodePlan;
  readonly folder: string;
  readonly source: Source;
  readonly state: KeptState;
  readonly model: Model;
  readonly writers: Writers;
  readonly host: WriteHost;
  readonly proxy: TcpProxy | undefined;
  /** What is seen of the run that goes on. */
  seen = new Observations();
  /** Milliseconds by which the clock of any run was ahead at most. */
  aheadBy = 0;
  /** Whether the clock of any run was behind. */
  wasBehind = false;
  readonly #api: WriteApiProcess;

  private constructor(
    plan: EpisodePlan,
    folder: string,
    source: Source,
    state: KeptState,
    model: Model,
    api: WriteApiProcess,
    host: WriteHost,
    proxy: TcpProxy | undefined,
  ) {
    this.plan = plan;
    this.folder = folder;
    this.source = source;
    this.state = state;
    this.model = model;
    this.writers = new Writers(source, model);
    this.host = host;
    this.proxy = proxy;
    this.#api = api;
  }

  static async set(
    plan: EpisodePlan,
    server: SourceServer,
    states: StateKeeper,
    program: string,
    modelOf: ModelOf[Mode] = MODELS[plan.mode],
  ): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), 'faults-'));
    const source = await server.create(`episode_${plan.index}`, join(folder, 'source'));
    const state = await states.create(folder, `state_${plan.index}`);
    let seq = 0;
    const model = modelOf({
      plan,
      nextSeq: () => ++seq,
      refusedForAWhile: () => host.refusedForAWhile,
      taken: new Set(),
    });
    await using(source, async (session) => {
      await createTable(session, source.client);
      await insertRows(session, model.initialRows(new Random(plan.seed)));
    });
    const api = await WriteApiProcess.start(program, folder);
    const host: WriteHost = await WriteHost.start(api);
    const note = (what: 'connection' | 'data') => stage.#notice(what);
    const proxy =
      source.server && (await startTcpProxy({ host: '127.0.0.1', port: source.server.port, seen: note }));
    const stage: Stage = new Stage(plan, folder, source, state, model, api, host, proxy);
    writeJob(folder, model, plan);
    if (plan.isForeignFile && source.file !== undefined) giveToOwner(source.file);
    return stage;
  }

  /** The JSON texts of all records of the data set by their `_id`. */
  records(): ReadonlyMap<string, string> {
    return this.#api.records();
  }

  /** The write API has nothing any more, and does not know that it had. */
  async loseRecords(): Promise<void> {
    await this.#api.loseRecords();
  }

  get addresses(): Addresses {
    return {
      writeHost: this.host.url,
      source: this.source,
      databasePort: this.proxy?.port ?? 0,
      state: this.state.setting,
    };
  }

  /** What can be seen while no run goes on. */
  async facts(firstRunAt: number): Promise<Omit<Facts, 'lastRun'>> {
    const rows = await using(this.source, (session) => readRows(session));
    const state = await this.state.facts();
    for (const seq of [...this.host.sent, ...state.sealed]) this.#owed.add(seq);
    return {
      rows: rows.filter(({ seq }) => !this.writers.tooLate.has(seq)),
      state,
      records: this.#api.records(),
      owed: this.#owed,
      firstRunAt,
      refusedForAWhile: this.host.refusedForAWhile,
      aheadBy: this.aheadBy,
      wasBehind: this.wasBehind,
    };
  }

  /**
   * Has the data set lose some of its records, while no run goes on; gives how many.
   *
   * @param everyNth which @param isChosen whether a record may be among them; left out: if it is one of the newest
   */
  async lose(everyNth: number, isChosen = isNewest): Promise<number> {
    const newest = [...this.#api.records()].flatMap(([id, json]) => (isChosen(json) ? [id] : []));
    const lost = newest.filter((_, index) => index % everyNth === 0);
    for (const id of lost) await this.#api.remove(id);
    return lost.length;
  }

  /** What must not have happened to the source; empty: nothing. */
  harm(): Differences {
    const { file } = this.source;
    const harm = this.plan.isForeignFile && file !== undefined ? ownerIsLockedOut(file) : undefined;
    return harm === undefined ? [] : [harm];
  }

  /** @param keep whether somebody will want to look at the files */
  async clear(keep: boolean): Promise<void> {
    await this.host.close();
    await this.#api.kill9();
    await this.proxy?.close();
    await this.source.drop();
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }

  #received = 0;
  readonly #owed = new Set<number>();

  #notice(what: 'connection' | 'data'): void {
    const received = this.proxy?.received() ?? 0;
    if (what === 'connection') this.seen.connections += 1;
    else this.seen.bytes += received - this.#received;
    this.#received = received;
    this.seen.changed();
  }
}
