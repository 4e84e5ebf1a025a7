import type { ScheduledOutcome } from '../schedule/scheduler-interface.ts';
import type { BossQueue, ClaimedRun } from './boss-queue.ts';
import type { RunToStart } from './claim-runs.ts';
import type { Ask } from './database.ts';
import { noteFailure, noteSuccess } from './failures-in-row.ts';
import { beganSince } from './past-runs.ts';

interface RunHere {
  readonly run: RunToStart;
  /** Epoch milliseconds. */
  readonly since: number;
  /** How often the database had been lost by then. */
  readonly losses: number;
  outcome: ScheduledOutcome | undefined;
}

/** When the newest run of each of some jobs began that has ended, epoch milliseconds. */
export type LastStarts = (jobs: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** The runs that this replica has taken: they go on, or have ended and the queue does not know it yet. */
export class RunsHere {
  readonly #runs = new Map<string, RunHere>();
  /** How often the database has been lost. */
  #losses = 0;
  #isIdle = Promise.withResolvers<void>();

  /** @param since epoch milliseconds */
  begin(run: RunToStart, since: number): void {
    if (this.#runs.size === 0) this.#isIdle = Promise.withResolvers();
    this.#runs.set(run.id, { run, since, losses: this.#losses, outcome: undefined });
  }

  end(run: RunToStart, outcome: ScheduledOutcome): void {
    const here = this.#runs.get(run.id);
    if (here !== undefined) here.outcome = outcome;
    if (!this.#someGoOn()) this.#isIdle.resolve();
  }

  databaseLost(): void {
    this.#losses++;
  }

  /** Since when a job runs here. */
  runningSince(job: string): number | undefined {
    return this.#find((here) => here.run.job === job && here.outcome === undefined)?.since;
  }

  /** Resolves when nothing goes on. */
  async idle(): Promise<void> {
    if (this.#someGoOn()) await this.#isIdle.promise;
  }

  /** Those that the queue must go on to believe in. */
  get claimed(): readonly ClaimedRun[] {
    return [...this.#runs.values()].map(({ run }) => run);
  }

  /**
   * Tells the queue what became of those that have ended; what cannot be told now is told next time. What was
   * interrupted, skipped, or failed because the state was away is for somebody to run again.
   */
  async settle(queue: BossQueue, ask: Ask, lastStarts: LastStarts): Promise<void> {
    const ended = [...this.#runs.values()].filter(({ outcome }) => outcome !== undefined);
    if (ended.length === 0) return;
    const failed = ended.filter(({ outcome }) => outcome === 'failed');
    const known = failed.length === 0 ? undefined : await lastStarts(failed.map(({ run }) => run.job));
    const isOver = ({ run, since, outcome, losses }: RunHere) => {
      if (outcome !== 'failed') return outcome === 'succeeded';
      return losses === this.#losses && beganSince(known?.get(run.job), since);
    };
    const [over, again] = [ended.filter(isOver), ended.filter((here) => !isOver(here))];
    for (const { run, outcome } of ended) {
      if (outcome === 'failed') await noteFailure(ask, run.job, run.failuresInRow + 1);
      else if (outcome === 'succeeded' && run.failuresInRow > 0) await noteSuccess(ask, run.job);
    }
    await queue.complete(over.map(({ run }) => run));
    await queue.putBack(again.map(({ run }) => run));
    for (const { run } of ended) this.#runs.delete(run.id);
  }

  #someGoOn(): boolean {
    return this.#find(({ outcome }) => outcome === undefined) !== undefined;
  }

  #find(fits: (here: RunHere) => boolean): RunHere | undefined {
    for (const here of this.#runs.values()) if (fits(here)) return here;
    return undefined;
  }
}
