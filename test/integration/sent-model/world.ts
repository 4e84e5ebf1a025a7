import { isoSeconds } from '../../../src/calendar/date-time.ts';
import { DAY, HOUR } from '../../../src/calendar/durations.ts';
import { NotOffered } from '../../../src/model/data-set-reader.ts';
import type { State } from '../../../src/model/state.ts';
import type { Target } from '../../../src/model/target.ts';
import { repairJob } from '../../../src/verify/repair.ts';
import { type Collecting, jobOf, SILENT } from '../../support/collecting.ts';
import type { RunningWriteApi } from '../../support/write-api.ts';
import { Breaking, NEVER } from './breaking.ts';
import { dayOf, Expectation, idOf, type Ran } from './expectation.ts';
import { type Edit, LOOKBACK, type Night, type Plan, ROWS_OF_DAY } from './night.ts';
import { QUERY, type Table } from './table.ts';

/** One of the data sets that the job may write to. */
export interface Place {
  readonly api: RunningWriteApi;
  readonly collecting: Collecting;
}

const BEGIN = Date.parse('2014-06-01');
const FIRST_TODAY = 10;
const DATA_SET = '/data/test/applications';
const headers = { authorization: 'Bearer the-token' };

const dateOf = (day: number): string => isoSeconds(BEGIN + day * DAY).slice(0, 10);

/** A table, two data sets, the state of one job between them, and what they should be. */
export class World {
  readonly #plan: Plan;
  readonly #table: Table;
  readonly #places: readonly [Place, Place];
  readonly #state: State;
  readonly #expectation: Expectation;
  readonly #source = new Map<number, number>();
  #today = FIRST_TODAY;
  #late: readonly (() => Promise<unknown>)[] = [];

  /** @param state empty, as both data sets and the table are */
  constructor(plan: Plan, table: Table, places: readonly [Place, Place], state: State) {
    this.#plan = plan;
    this.#table = table;
    this.#places = places;
    this.#state = state;
    this.#expectation = new Expectation(plan);
  }

  /** The table gets all its rows. */
  async fill(): Promise<void> {
    for (let day = this.#today - LOOKBACK; day < this.#today; day++)
      for (let number = 0; number < ROWS_OF_DAY; number++) await this.#write(idOf(day, number), 1);
  }

  /** Lets a night pass; gives what is not as it should be, and what came of the run. */
  async pass(night: Night) {
    this.#today += night.daysLater;
    await this.#writeEach(night.edits);
    await this.#happens(night);
    await this.#writeEach(night.later);
    const { collectedTo } = (await this.#state.progressOf(this.#jobOf(night).name)) ?? {};
    const from = Math.min(
      this.#today - LOOKBACK,
      collectedTo === undefined ? this.#today : this.#dayAt(collectedTo),
    );
    const before = await this.#contents(night);
    const breaking = new Breaking(night.broken, night.refusal);
    const result = await this.#run(night, breaking);
    const after = await this.#contents(night);
    const isWell = result.failure === undefined;
    const days = { from, today: this.#today };
    const { unchanged } = result;
    const did = { before, after, isWell, left: breaking.left, unchanged };
    const facts: Ran = { night, ...days, source: this.#source, ...did };
    const differences = this.#expectation.differences(facts);
    for (const arrive of this.#late) await arrive();
    this.#late = breaking.late;
    return { differences, result };
  }

  #jobOf({ mapping }: Pick<Night, 'mapping'>) {
    const { deleted, max_periods } = this.#plan;
    return jobOf({
      deleted,
      window: { period: 'day', lookback: LOOKBACK, max_periods },
      query: QUERY,
      record: {
        timestamp: 'day',
        id: ['_timestamp', 'id'],
        fields: { id: 'id', count: 'count', mapping: { value: mapping } },
      },
    });
  }

  /** Days of London begin an hour earlier in summer. */
  #dayAt(time: number): number {
    return Math.round((time - BEGIN) / DAY);
  }

  get #now(): string {
    return isoSeconds(BEGIN + this.#today * DAY + 5 * HOUR);
  }

  #run(night: Night, breaking: Breaking) {
    const { collecting } = this.#places[night.dataSet];
    const job = this.#jobOf(night);
    const { target, reader, limits } = collecting.routeOf(job);
    return this.#places[0].collecting.run(job, this.#now, {
      state: breaking.state(this.#state),
      target: breaking.target(target),
      reader: night.hidesCounts
        ? {
            ...reader,
            counts: async () => new NotOffered('it is hidden'),
            records: reader.records.bind(reader),
          }
        : reader,
      limits: { ...limits, max_batch_records: this.#plan.max_batch_records },
      allRecords: night.allRecords,
    });
  }

  async #happens(night: Night): Promise<void> {
    const job = this.#jobOf(night);
    const state = this.#state;
    const { collecting } = this.#places[night.dataSet];
    switch (night.event) {
      case 'lose':
        return this.#lose(night);
      case 'empty':
        await this.#empty(collecting.targetOf(job));
        return this.#expectation.forget();
      case 'reset':
        await state.setProgress(job.name, undefined);
        return this.#expectation.forget();
      case 'backwards': {
        const progress = await state.progressOf(job.name);
        if (progress?.collectedTo === undefined) return;
        const to = Math.min(progress.collectedTo, BEGIN + this.#today * DAY) - DAY;
        await state.setProgress(job.name, { ...progress, collectedTo: to });
        return this.#expectation.forget();
      }
      case 'replay': {
        const target = new Breaking(undefined, night.refusal).target(collecting.targetOf(job));
        await collecting.replay(job, this.#now, { state, target }).catch(() => undefined);
        return;
      }
      case 'discard':
        await state.discardDeadLetters((await state.deadLetters({})).map(({ id }) => id));
        return;
      case 'repair':
        return this.#repair(night);
      case 'none':
    }
  }

  /** As a job does that replaces what is there, and the command. */
  async #empty(target: Target): Promise<void> {
    await this.#state.dataSetChanging(target.address);
    await target.empty(NEVER);
    await this.#state.dataSetChanged(target.address);
  }

  async #repair(night: Night): Promise<void> {
    const { collecting } = this.#places[night.dataSet];
    const job = this.#jobOf(night);
    const options = { state: this.#state, route: collecting.routeOf(job), now: () => Date.parse(this.#now) };
    const verified = await collecting.verify(job, this.#now, options).catch(() => undefined);
    if (verified === undefined) return;
    const repairing = { ...options, observer: SILENT, grace: 0, deleteExtra: false };
    await repairJob(verified, repairing, NEVER).catch(() => undefined);
    this.#expectation.doubt();
  }

  /**
   * The data set loses some records that the job looks back to, or all: of a day of which it has records that the job
   * does not know of, all, since no count would show less.
   */
  async #lose({ lost, dataSet }: Night): Promise<void> {
    const { api } = this.#places[dataSet];
    const records = (await api.stored()).map(({ _id, id }) => ({ _id, id: Number(id) }));
    const recent = records.filter(({ id }) => dayOf(id) >= this.#today - LOOKBACK);
    const chosen = lost.length === 0 ? recent : lost.flatMap((at) => recent[at] ?? []);
    const isStrange = (day: number) =>
      recent.some(({ id }) => dayOf(id) === day && !this.#expectation.hasSent(id));
    const strange = new Set(chosen.map(({ id }) => dayOf(id)).filter(isStrange));
    for (const record of recent) {
      if (chosen.includes(record) || strange.has(dayOf(record.id)))
        await fetch(`${api.url}${DATA_SET}/${record._id}`, { method: 'DELETE', headers });
    }
  }

  async #writeEach(edits: readonly Edit[]): Promise<void> {
    for (const { daysAgo, number, count } of edits)
      await this.#write(idOf(this.#today - daysAgo, number), count);
  }

  async #write(id: number, count: number | null): Promise<void> {
    await this.#table.write(dateOf(dayOf(id)), id, count);
    if (count === null) this.#source.delete(id);
    else this.#source.set(id, count);
  }

  async #contents({ dataSet }: Night): Promise<ReadonlyMap<number, string>> {
    const records = await this.#places[dataSet].api.stored();
    return new Map(records.map(({ id, count, mapping }) => [Number(id), `${count}, mapping ${mapping}`]));
  }
}
