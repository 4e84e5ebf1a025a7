import { runIdOf } from '../../src/replicas/run-ids.ts';
import type { Cluster } from './cluster.ts';

export interface Verdict {
  readonly isRight: boolean;
  readonly lines: readonly string[];
}

interface TickRow {
  readonly id: string;
  readonly job: string;
  readonly tick: number;
  readonly state: string;
  readonly retry_count: number;
}

interface RunRow {
  readonly job: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly outcome: string | null;
  readonly message: string | null;
}

const GOOD = new Set(['succeeded', 'empty', 'partial']);
const MOST_SHOWN = 20;

/** The ticks that are looked at: from the first one to the last one, a step from each to the next. Milliseconds. */
export interface JudgedTicks {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  /** Those that tick so; left out: all. */
  readonly jobs?: readonly string[];
}

/**
 * Whether each tick of each job was run once, and what arrived is what the source has. What
 * goes on at the moment may look wrong.
 */
export async function judge(
  cluster: Cluster,
  { first, last, step, jobs = cluster.names }: JudgedTicks,
): Promise<Verdict> {
  const rows = (await cluster.onState(
    `SELECT id, group_id AS job, (data->>'tick')::float8 AS tick, state::text, retry_count
     FROM pp_db_collector_queue.job WHERE data ? 'tick' ORDER BY tick`,
  )) as unknown as readonly TickRow[];
  const runs = (await cluster.onState(
    'SELECT job, started_at::float8, ended_at::float8, outcome, message FROM pp_db_collector.runs ORDER BY started_at',
  )) as unknown as readonly RunRow[];
  const wrong: string[] = [];
  const byId = new Map(rows.map((row) => [row.id, row]));
  let merged = 0;
  for (const job of jobs)
    for (let tick = first; tick <= last; tick += step) {
      const row = byId.get(runIdOf(job, tick));
      const isLater = (other: TickRow) =>
        other.job === job && other.tick > tick && other.state === 'completed';
      const isMissed =
        row === undefined && cluster.outages.some(({ from, to }) => tick >= from && tick <= to);
      if ((isMissed || row?.state === 'cancelled') && rows.some(isLater)) merged++;
      else if (row?.state !== 'completed') wrong.push(`${job} ${timeOf(tick)}: ${row?.state ?? 'no run'}`);
    }
  const lags: { readonly tick: number; readonly lag: number; readonly isTakenOver: boolean }[] = [];
  for (const job of jobs) {
    const done = rows.filter((row) => row.job === job && row.state === 'completed');
    const good = runs.filter((run) => run.job === job && GOOD.has(run.outcome ?? ''));
    const failed = runs.filter((run) => run.job === job && run.outcome === 'failed').length;
    // A tick whose run failed had its run; one that was begun again had none before.
    if (good.length > done.length || good.length + failed < done.length)
      wrong.push(`${job}: ${done.length} ticks were run by ${good.length} runs, and ${failed} failed`);
    if (good.length === done.length)
      for (const [index, { tick, retry_count }] of done.entries())
        if (tick >= first && tick <= last)
          lags.push({ tick, lag: (good[index]?.started_at ?? 0) - tick, isTakenOver: retry_count > 0 });
  }
  for (const job of jobs) {
    const index = cluster.names.indexOf(job);
    const source = await cluster.onSource(`SELECT number FROM events WHERE job = ${index}`);
    const arrived = cluster.host.numbersOf(job);
    const lost = source.filter(({ number }) => !arrived.has(String(number))).length;
    if (lost > 0) wrong.push(`${job}: ${lost} of ${source.length} records did not arrive`);
    if (arrived.size > source.length) wrong.push(`${job}: ${arrived.size - source.length} records too many`);
  }
  const ticks = jobs.length * ((last - first) / step + 1);
  const begunAgain = rows.filter(({ retry_count }) => retry_count > 0).length;
  const undisturbed = lags.filter(({ isTakenOver }) => !isTakenOver);
  return {
    isRight: wrong.length === 0,
    lines: [
      `${ticks} ticks, ${merged} of them merged into the run of a later one; ${runs.length} runs: ${countsOf(runs)}`,
      `${begunAgain} runs were begun again, as whoever had begun them did not end them`,
      `runs took: ${percentilesOf(runs.flatMap(({ started_at, ended_at }) => (ended_at === null ? [] : ended_at - started_at)))}`,
      `tick to start, all: ${percentilesOf(lags.map(({ lag }) => lag))}`,
      `tick to start, not taken over: ${percentilesOf(undisturbed.map(({ lag }) => lag))}`,
      ...[
        ...Map.groupBy(
          runs.flatMap(({ message }) => message ?? []),
          (message) => message,
        ),
      ].map(([message, all]) => `failed ${all.length} times: ${message}`),
      ...wrong.slice(0, MOST_SHOWN),
      wrong.length === 0 ? 'nothing lost, nothing twice' : `${wrong.length} things are wrong`,
    ],
  };
}

/**
 * When the first run of each tick began, also where it did not end and was begun again; in a cluster that noted it.
 * A tick that was merged into a later one has none of its own.
 */
export async function firstStarts(cluster: Cluster, first: number, last: number): Promise<string> {
  const rows = await cluster.onState(
    `SELECT min(begun.at) - ticks.tick AS lag FROM
       (SELECT group_id AS job, (data->>'tick')::float8 AS tick FROM pp_db_collector_queue.job
        WHERE data ? 'tick' AND state = 'completed') AS ticks
       JOIN begun ON begun.job = ticks.job AND begun.at >= ticks.tick
     WHERE ticks.tick BETWEEN ${first} AND ${last} GROUP BY ticks.job, ticks.tick`,
  );
  return `tick to its first start: ${percentilesOf(rows.map(({ lag }) => Number(lag)))}`;
}

const timeOf = (tick: number): string => new Date(tick).toISOString().slice(11, 19);

function countsOf(runs: readonly RunRow[]): string {
  const byOutcome = Map.groupBy(runs, ({ outcome }) => outcome ?? 'without end');
  return [...byOutcome].map(([outcome, all]) => `${all.length} ${outcome}`).join(', ');
}

function percentilesOf(values: readonly number[]): string {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return `p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms (${sorted.length})`;
}
