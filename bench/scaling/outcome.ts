import { MINUTE } from '../../src/calendar/durations.ts';
import type { Scenario } from './scenarios.ts';
import type { SimulationResult } from './simulation.ts';

/** What a simulation shows. Times are seconds. */
export interface Outcome {
  readonly scenario: Scenario;
  readonly runs: number;
  /** From the tick, jitter included, to the start of the run. */
  readonly lag: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly mostDue: number;
  readonly mostActive: number;
  /** Of the busiest minute, each second. */
  readonly statements: number;
  readonly rows: number;
  /** Of the busiest minute, processors. */
  readonly database: number;
  /** Of the busiest minute, part for which somebody held the lock. */
  readonly locked: number;
  readonly lockTimeouts: number;
  /** Of the busiest replica, part of its processor. */
  readonly busiest: number;
  /** Statements each second over the whole time. */
  readonly meanStatements: number;
  /** Most runs that are over and kept, as the queue keeps them two hours, and dead rows an hour at most. */
  readonly mostKept: number;
  readonly deadAnHour: number;
  /** Due runs, minute by minute. */
  readonly due: readonly { readonly at: number; readonly due: number }[];
}

/** How long the queue knows what is over, as `boss-queue.ts` has it, and how often it looks, minutes. */
const KEPT = 2 * 60 + 10;

export function outcomeOf(scenario: Scenario, from: number, result: SimulationResult): Outcome {
  const { runs, ledger, busy, most, lockTimeouts, until } = result;
  const lags = runs
    .filter(({ startedAt }) => startedAt !== undefined)
    .map(({ startedAt = 0, dueAt }) => (startedAt - dueAt) / 1_000)
    .sort((one, other) => one - other);
  const seconds = (until - from) / 1_000;
  return {
    scenario,
    runs: lags.length,
    lag: { p50: quantile(lags, 0.5), p99: quantile(lags, 0.99), max: lags.at(-1) ?? 0 },
    mostDue: ledger.peak('due'),
    mostActive: most.runs,
    statements: ledger.peak('statements') / 60,
    rows: ledger.peak('rows') / 60,
    database: ledger.peak('database') / MINUTE,
    locked: ledger.peak('locked') / MINUTE,
    lockTimeouts,
    busiest: Math.max(...busy) / (until - from),
    meanStatements: ledger.total('statements') / seconds,
    mostKept: mostWithin(ended(result), KEPT * MINUTE),
    deadAnHour: mostWithinMinutes(result, 60),
    due: [...ledger.minutes].map(([at, { due }]) => ({ at, due })).sort((one, other) => one.at - other.at),
  };
}

/** @param sorted from the least to the most */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

const ended = ({ runs }: SimulationResult): readonly number[] =>
  runs.flatMap(({ endedAt }) => endedAt ?? []).sort((one, other) => one - other);

/** The most of some times that lie within a span. @param times sorted */
function mostWithin(times: readonly number[], span: number): number {
  let [most, first] = [0, 0];
  for (const [index, time] of times.entries()) {
    while ((times[first] ?? 0) <= time - span) first++;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

function mostWithinMinutes({ ledger }: SimulationResult, span: number): number {
  const minutes = [...ledger.minutes].sort(([one], [other]) => one - other);
  return Math.max(
    0,
    ...minutes.map(([at]) =>
      minutes
        .filter(([other]) => other <= at && other > at - span * MINUTE)
        .reduce((sum, [, { dead }]) => sum + dead, 0),
    ),
  );
}
