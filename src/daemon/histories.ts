import type { RunObserver, RunResult } from '../collect/interfaces.ts';
import type { JobHistory, State } from '../collect/state-interface.ts';

/** Jobs whose histories are read at once, before others get their turn. */
const AT_ONCE = 500;

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
    });
  }
}
