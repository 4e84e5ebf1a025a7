import type { RunObserver, RunResult } from '../collect/interfaces.ts';
import type { JobHistory, State } from '../collect/state-interface.ts';

/** Jobs whose histories are read at once, before others get their turn. */
const AT_ONCE = 500;

/** As far back as the tick of a first run that was cut off can lie, for jobs of every day. */
const WEEK = 7 * 86_400_000;

/** What came of the jobs' last runs: read once, then followed, because pages and metrics ask for all of them. */
export class Histories {
  readonly #state: State;
  readonly #histories = new Map<string, JobHistory>();

  constructor(state: State) {
    this.#state = state;
  }

  /** Reads those that are not known yet and forgets those that are not named. */
  async follow(jobs: readonly string[]): Promise<void> {
    const named = new Set(jobs);
    for (const job of this.#histories.keys()) if (!named.has(job)) this.#histories.delete(job);
    const unknown = jobs.filter((job) => !this.#histories.has(job));
    for (let start = 0; start < unknown.length; start += AT_ONCE) {
      const read = await this.#state.histories(unknown.slice(start, start + AT_ONCE));
      for (const [job, history] of read) this.#histories.set(job, history);
      await new Promise(setImmediate);
    }
  }

  of(job: string): JobHistory | undefined {
    return this.#histories.get(job);
  }

  /**
   * Up to when the ticks of a job had their run, epoch milliseconds; undefined for one that never ran. The tick of a run that was
   * cut off had none.
   */
  servedUpTo(job: string): number | undefined {
    const { lastRun, lastSuccessAt, unfinishedSince } = this.of(job) ?? {};
    const cutOff = unfinishedSince ?? (lastRun?.outcome === 'interrupted' ? lastRun.startedAt : undefined);
    return cutOff === undefined ? lastRun?.startedAt : (lastSuccessAt ?? cutOff - WEEK);
  }

  /** Follows the runs that end. */
  readonly observer: Pick<RunObserver, 'runEnded'> = {
    runEnded: (_run, result) => this.#add(result),
  };

  #add(result: RunResult): void {
    const known = this.#histories.get(result.job);
    const isSuccess = ['succeeded', 'empty', 'partial'].includes(result.outcome);
    this.#histories.set(result.job, {
      lastRun: result,
      lastSuccessAt: isSuccess ? result.endedAt : known?.lastSuccessAt,
      unfinishedSince: undefined,
    });
  }
}
