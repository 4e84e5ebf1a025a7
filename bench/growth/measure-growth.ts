import type { Bench } from '../bench.ts';
import { machineText } from '../figures/result-file.ts';
import { median } from '../figures/statistics.ts';
import { collect, type Delivery } from '../measure/collector.ts';
import { interleaved } from '../measure/interleaved.ts';
import { postgresqlProcess, processorTimeDuring } from '../measure/postgresql-process.ts';
import { idleness } from '../suites/daemon.ts';
import { usualWorkload } from '../suites/delivery.ts';
import { TITLES } from '../workload/database.ts';
import type { Growth, Point, Series } from './growth.ts';

const ROWS = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
const COLUMNS = [2, 5, 10, 20, 35, 50];
const JOBS = [10, 100, 1_000, 10_000];
/** Milliseconds. */
const LATENCIES = [0, 5, 20, 50];
const BATCHES = [100, 500, 1_000, 2_000, 5_000, 10_000];

/** How time and memory grow, one thing varied at a time. `--rows` is the most rows, and a tenth of it the usual number. */
export async function measureGrowth(bench: Bench): Promise<Growth> {
  const { databases, sizes } = bench;
  const product = databases.whyNot('postgresql') === undefined ? 'postgresql' : 'sqlite';
  const server = product === 'postgresql' ? await postgresqlProcess(databases.server(product)) : undefined;
  const usual = Math.max(1_000, Math.round(sizes.rows / 10));
  const widest = Math.max(...COLUMNS);
  const counts = ROWS.filter((count) => count <= sizes.rows);
  const workload = await usualWorkload(bench, usual);
  // Before, because making them is work of the database, too.
  for (const count of counts) await usualWorkload(bench, count);
  await databases.wide(product, usual, widest, widest);
  const vary = (values: readonly number[], runAt: (at: number) => Promise<Delivery>) =>
    pointsOf(bench, server, values, runAt);
  const rows = await vary(counts, async (at) => collect(bench, await usualWorkload(bench, at)));
  const columns = await vary(COLUMNS, async (at) =>
    collect(bench, await databases.wide(product, usual, at, widest)),
  );
  const latency = await vary(LATENCIES, async (at) => {
    await bench.sink.setLatency(at);
    return await collect(bench, workload);
  });
  await bench.sink.setLatency(0);
  const batch = await vary(BATCHES, (at) => collect(bench, workload, { max_batch_records: at }));
  const jobs: Point[] = [];
  for (const at of JOBS) {
    bench.say(`measuring an idle daemon with ${at} jobs`);
    jobs.push({ at, ...(await idleness(bench, at, 20, 30)) });
  }
  const series: readonly Series[] = [
    { name: 'rows', points: rows },
    { name: 'columns', rows: usual, points: columns },
    { name: 'latency', rows: usual, points: latency },
    { name: 'batch', rows: usual, points: batch },
    { name: 'jobs', points: jobs },
  ];
  return { machine: machineText(), rounds: sizes.rounds, database: TITLES[product], series };
}

interface Cost {
  readonly run: Delivery;
  readonly database: number;
}

/** The medians of the rounds at each value, which are measured by turns. */
async function pointsOf(
  { sizes, say }: Bench,
  server: number | undefined,
  values: readonly number[],
  runAt: (at: number) => Promise<Delivery>,
): Promise<readonly Point[]> {
  say(`measuring at ${values.join(', ')}`);
  const costAt = async (at: number): Promise<Cost> => {
    if (server === undefined) return { run: await runAt(at), database: Number.NaN };
    const { value, processor } = await processorTimeDuring(server, () => runAt(at));
    return { run: value, database: processor };
  };
  const variants = Object.fromEntries(values.map((at) => [String(at), () => costAt(at)]));
  const costs = await interleaved<string, Cost>(sizes.rounds, variants);
  return values.map((at) => {
    const measured = costs[String(at)] ?? [];
    const runs = measured.map(({ run }) => run);
    return {
      at,
      seconds: median(runs.map(({ seconds }) => seconds)),
      memory: median(runs.map(({ memory }) => memory)),
      processor: median(runs.map(({ processor }) => processor)),
      ...(server !== undefined && { database: median(measured.map(({ database }) => database)) }),
    };
  });
}
