import { DAY, SMALL_STEP } from '../calendar/durations.ts';
import type { FailedSide, RunFailure, RunResult } from '../model/run.ts';
import type { RunObserver } from '../model/run-event.ts';
import type { JobHistory } from '../model/run-memory.ts';
import type { State } from '../model/state.ts';

/** Jobs whose histories are read at once, before others get their turn. */
const AT_ONCE = 500;

/** As many are read at first of those that ended. */
const FEW_RUNS = 100;

/** As far back as the tick of a first run that was cut off can lie, for jobs of every day. */
const WEEK = 7 * DAY;

/** That a job was answered again, after it had failed because nobody did. Epoch milliseconds. */
export interface Recovery {
  readonly side: FailedSide;
  readonly since: number;
  readonly at: number;
}

/** What came of the jobs' last runs: read once, then followed, because pages and metrics ask for all of them. */
export class Histories {
  readonly #state: State;
  readonly #now: () => number;
  readonly #histories = new Map<string, JobHistory>();

  readonly #recoveries = new Map<string, Recovery>();
  #laterStarts: ReadonlyMap<string, readonly number[]> = new Map();

  constructor(state: State, now: () => number) {
    this.#state = state;
    this.#now = now;
  }

  /** Reads those that are not known yet and forgets those that are not named. */
  async follow(jobs: readonly string[]): Promise<void> {
    this.#laterStarts = await this.#state.startsAfter(this.#now());
    const named = new Set(jobs);
    for (const map of [this.#histories, this.#recoveries]) {
      for (const job of map.keys()) if (!named.has(job)) map.delete(job);
    }
    const unknown = jobs.filter((job) => !this.#histories.has(job));
    for (let start = 0; start < unknown.length; start += AT_ONCE) {
      const histories = await this.#state.histories(unknown.slice(start, start + AT_ONCE));
      for (const [job, history] of histories) this.#histories.set(job, history);
      await new Promise(setImmediate);
    }
  }

  /** With no time later than now: what says so was noted by a clock that was wrong. */
  of(job: string): JobHistory | undefined {
    const history = this.#histories.get(job);
    return history && notAfter(this.#now(), history);
  }

  /** The last one since this process runs. */
  recoveryOf(job: string): Recovery | undefined {
    return this.#recoveries.get(job);
  }

  /** When runs of a job began that are still to come by the clock of now, which was wrong then. */
  laterStarts(job: string): readonly number[] {
    return this.#laterStarts.get(job) ?? [];
  }

  /**
   * Up to when the ticks of a job had their run, epoch milliseconds; undefined for one that never ran. The
   * tick of a run that was cut off had none.
   */
  servedUpTo(job: string): number | undefined {
    const { lastRun, lastSuccessAt, unfinishedSince } = this.#histories.get(job) ?? {};
    if ((lastRun?.startedAt ?? 0) > this.#now() + SMALL_STEP) return lastSuccessAt;
    const cutOff = unfinishedSince ?? (lastRun?.outcome === 'interrupted' ? lastRun.startedAt : undefined);
    return cutOff === undefined ? lastRun?.startedAt : (lastSuccessAt ?? cutOff - WEEK);
  }

  /** Learns of the runs that other processes have ended. */
  async catchUp(): Promise<void> {
    for (let limit = FEW_RUNS; ; limit *= 4) {
      const newest = await this.#state.runs({ limit });
      const unknown = newest.filter((run) => this.#isNewer(run));
      if (unknown.length === newest.length && newest.length === limit) continue;
      for (const run of unknown.toReversed()) this.#add(run);
      return;
    }
  }

  #isNewer({ job, endedAt }: RunResult): boolean {
    const known = this.#histories.get(job);
    return known !== undefined && endedAt > (known.lastRun?.endedAt ?? -Infinity);
  }

  /** Follows the runs that end. */
  readonly observer: RunObserver = (event) => {
    if (event.kind === 'run-ended') this.#add(event.result);
  };

  #add(result: RunResult): void {
    const known = this.#histories.get(result.job);
    const isSuccess = ['succeeded', 'empty', 'partial'].includes(result.outcome);
    const { failure, endedAt } = result;
    if (isSuccess && known?.lastRun?.failure !== undefined && known.unansweredSince !== undefined) {
      const { side } = known.lastRun.failure;
      this.#recoveries.set(result.job, { side, since: known.unansweredSince, at: endedAt });
    }
    this.#histories.set(result.job, {
      lastRun: result,
      lastSuccessAt: isSuccess ? endedAt : known?.lastSuccessAt,
      unfinishedSince: undefined,
      unansweredSince: unansweredSince(known, failure),
    });
  }
}

/** The failures in a row of one side are one silence. */
function unansweredSince(known: JobHistory | undefined, failure: RunFailure | undefined): number | undefined {
  if (failure?.unansweredSince === undefined) return undefined;
  const before = known?.lastRun?.failure?.side === failure.side ? known.unansweredSince : undefined;
  return before ?? failure.unansweredSince;
}

function notAfter(now: number, history: JobHistory): JobHistory {
  const { lastRun, lastSuccessAt, unfinishedSince, unansweredSince } = history;
  const atMost = (time: number | undefined) => time && Math.min(time, now);
  return {
    lastRun: lastRun && {
      ...lastRun,
      startedAt: Math.min(lastRun.startedAt, now),
      endedAt: Math.min(lastRun.endedAt, now),
    },
    lastSuccessAt: atMost(lastSuccessAt),
    unfinishedSince: atMost(unfinishedSince),
    unansweredSince: atMost(unansweredSince),
  };
}
