import type { DataState, FailureCause, ModuleView, Outcome } from '../../dashboards/dashboard-view.ts';
import { moduleFigures } from '../../dashboards/module-figures.ts';
import { moduleQueries } from '../../dashboards/module-queries.ts';
import { type AskedSpan, neededSpans, periodsIn, type Span, shownSpan } from '../../dashboards/shown-span.ts';
import type { Dashboard, Module } from '../../model/dashboard.ts';
import type { ServedDataSet } from '../data-sets.ts';
import { ageOf } from '../freshness.ts';
import type { Group } from '../read/group-tallies.ts';
import { MAXIMUM_PERIODS } from '../read/grouped-answer.ts';
import { groupsPlan, queryTallies, type Reader } from '../read/read-items.ts';
import { type GroupsPlan, ReadTooSlow } from '../read/read-plan.ts';
import { querySpanOf } from '../read/span.ts';
import { ReadsBusy, ReadTurns } from '../store/read-turns.ts';
import type { Store } from '../store/store.ts';
import { GatheredSums } from './gathered-sums.ts';
import { NextAnswers } from './next-answers.ts';
import { Recent } from './recent.ts';

export interface ModuleReaderOptions {
  /** By their names. */
  readonly dataSets: ReadonlyMap<string, ServedDataSet>;
  readonly store: Pick<Store, 'read' | 'sums' | 'version' | 'lastUpdate'>;
  /** Aborted when the server is asked to close. */
  readonly stopping: AbortSignal;
  /** Told what kept a module from being read. */
  readonly onFailure: (error: unknown, dashboard: string, module: string) => void;
}

/** Modules whose figures are kept: those of some hundreds of dashboards. */
const MOST_KEPT = 2_000;
/** Modules of one data set that may wait: those of many dashboards, and not of whoever asks for all there is. */
const MOST_WAITING = 1_000;
/** Milliseconds that a module may wait for its turn. */
const LONGEST_WAIT = 30_000;
/** Periods that a reader may ask for at once. */
const MOST_PERIODS = 20_000;

export interface ShownModule {
  readonly dashboard: Dashboard;
  readonly module: Module;
}

/** What a view is made of: as long as it stays the same, so does the view. */
export interface ModuleState extends ShownModule {
  readonly span: Span;
  readonly data: DataState;
  readonly version: string;
}

/** What data sets say of themselves at one time, each asked once, for all modules of an answer. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly stands: Map<string, Promise<Stand>>;
}

/** What a store says of the last change of a data set. */
interface LastChange {
  readonly version: string;
  readonly lastUpdate: string | null;
}

interface Stand {
  readonly version: string;
  readonly data: DataState;
}

export const momentAt = (now: number): Moment => ({ now, stands: new Map() });

/** Reads modules from the store, each once as long as nothing has changed. */
export class ModuleReader {
  readonly #options: ModuleReaderOptions;
  readonly #outcomes = new Recent<Outcome>(MOST_KEPT);
  readonly #sums: GatheredSums;
  /** However many readers ask at the same time. */
  readonly #changes = new NextAnswers<LastChange>();
  /** Of what is not kept. Fewer at once than the store takes, so that pages never keep out others who read a data set. */
  readonly #turns = new ReadTurns({
    atOnce: 4,
    ofOneDataSet: 2,
    mostWaiting: MOST_WAITING,
    longestWait: LONGEST_WAIT,
  });

  constructor(options: ModuleReaderOptions) {
    this.#options = options;
    this.#sums = new GatheredSums(options.store, options.stopping);
  }

  async stateOf(
    dashboard: Dashboard,
    module: Module,
    { now, stands }: Moment,
    asked?: AskedSpan,
  ): Promise<ModuleState> {
    const { name } = module.dataSet;
    const standing = stands.get(name) ?? this.#standOf(name, now);
    stands.set(name, standing);
    const { version: ofDataSet, data } = await standing;
    const span = newestSpan(dashboard, module, now, asked, data);
    const version = JSON.stringify([ofDataSet, span, data]);
    return { dashboard, module, span, data, version };
  }

  /** What cannot be read is told in its place. */
  async viewOf(state: ModuleState, now: number): Promise<ModuleView> {
    const { dashboard, module, span, data, version } = state;
    const name = JSON.stringify([dashboard.slug, module.slug, span]);
    const make = () => this.#outcomeOf(state, now);
    const outcome = await this.#outcomes.get(name, version, make, ({ kind }) => kind === 'figures');
    return { module, span, data, outcome };
  }

  async #standOf(name: string, now: number): Promise<Stand> {
    const served = this.#options.dataSets.get(name);
    if (served === undefined) throw new Error(`the data set ${name} is not served`);
    const { version, lastUpdate } = await this.#changes.get(name, () => this.#lastChangeOf(name));
    const { updatedAt, isStale } = ageOf(served, lastUpdate, now);
    const { maxAgeExpected, readRules } = served;
    return {
      version,
      data: {
        updatedAt,
        isStale,
        maxAgeExpected: maxAgeExpected === null ? undefined : maxAgeExpected * 1_000,
        isPublished: readRules.published,
      },
    };
  }

  async #lastChangeOf(name: string): Promise<LastChange> {
    const { store } = this.#options;
    // Ahead of all else: what is written between the two is read again, and never kept as what was before.
    const version = await store.version(name);
    return { version, lastUpdate: await store.lastUpdate(name) };
  }

  async #outcomeOf(state: ModuleState, now: number): Promise<Outcome> {
    const { dashboard, module, span } = state;
    const { dataSets, onFailure } = this.#options;
    if (dataSets.get(module.dataSet.name)?.readRules.queryable !== true) return failed('closed');
    const periods = periodsIn(module.period, span).length;
    if (periods > MOST_PERIODS) return failed('too-long');
    try {
      const answers = await this.#answers(state, now);
      if (answers.some((groups) => groups.length * periods > MAXIMUM_PERIODS)) return failed('too-long');
      return { kind: 'figures', figures: moduleFigures(module, span, answers) };
    } catch (error) {
      onFailure(error, dashboard.slug, module.slug);
      return failed(error instanceof ReadTooSlow || error instanceof ReadsBusy ? 'busy' : 'broken');
    }
  }

  /** What modules ask of the store for their newest periods. */
  async plansOf(shown: readonly ShownModule[], now: number): Promise<readonly GroupsPlan[]> {
    const moment = momentAt(now);
    const plans = shown.map(async ({ dashboard, module }) => {
      const { span } = await this.stateOf(dashboard, module, moment);
      return queriesOf(module, span).map((query) => groupsPlan(query, querySpanOf(query, now)));
    });
    return (await Promise.all(plans)).flat();
  }

  #answers({ module, span }: ModuleState, now: number): Promise<readonly (readonly Group[])[]> {
    return Promise.all(
      queriesOf(module, span).map((query) => queryTallies(this.#reader, module.dataSet.name, query, now)),
    );
  }

  /** What is kept, else what the records say. */
  readonly #reader: Reader = {
    read: async (name, plan) => {
      const { store, stopping } = this.#options;
      const groups = plan.kind === 'groups' ? await this.#sums.ask(name, plan) : undefined;
      if (groups !== undefined) return { kind: 'groups', groups };
      const end = await this.#turns.take(name, stopping);
      try {
        return await store.read(name, plan, stopping);
      } finally {
        end();
      }
    },
  };
}

const queriesOf = (module: Module, span: Span) => moduleQueries(module, neededSpans(module.period, span));

/** Up to the present, or to when records last arrived, where all that would be shown is later. */
function newestSpan(
  { timezone }: Dashboard,
  module: Module,
  now: number,
  asked: AskedSpan | undefined,
  { updatedAt }: DataState,
): Span {
  const span = shownSpan(module, now, timezone, asked);
  const isAsked = asked?.from !== undefined || asked?.to !== undefined;
  if (isAsked || updatedAt === undefined || updatedAt >= span.from) return span;
  return shownSpan(module, updatedAt, timezone);
}

const failed = (cause: FailureCause): Outcome => ({ kind: 'failed', cause });
