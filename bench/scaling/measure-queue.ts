import { HOUR, SECOND } from '../../src/calendar/durations.ts';
import { runIdOf } from '../../src/replicas/run-ids.ts';
import { lookAtQueue } from '../../src/replicas/run-queue-table.ts';
import { scheduleOf } from '../../src/replicas/tick-feed.ts';
import type { SchedulePlan } from '../../src/schedule/scheduler-interface.ts';
import type { Cost, CostAtBacklog, QueueCosts } from './queue-costs.ts';
import { QueueWorkbench } from './queue-workbench.ts';

/** What is measured, and how often. */
export interface QueueSizes {
  readonly jobs: number;
  readonly databases: number;
  /** Runs that are due, from none to all jobs. */
  readonly backlogs: readonly number[];
  readonly times: number;
}

/** How many runs a replica claims at a time; its share of `max_concurrent_runs`. */
const CLAIMED = 4;

/** Measures what the queue costs, with the statements of the program. @param url of a server of its own */
export async function measureQueue(
  url: string,
  sizes: QueueSizes,
  tell: (line: string) => void,
): Promise<Omit<QueueCosts, 'measuredOn'>> {
  const plan = planOf(sizes);
  const bench = await QueueWorkbench.open(url, plan);
  const { jobs, times } = sizes;
  const runs = (count: number, tick: number) =>
    plan.jobs.slice(0, count).map((job) => ({
      id: runIdOf(job.name, tick),
      job: job.name,
      dueAt: tick,
      data: { cause: 'tick', tick, schedule: scheduleOf(job) } as const,
    }));
  // Of today: what waited for more than a fortnight is removed.
  let tick = Date.now() - 2 * HOUR;
  const nextTick = () => (tick += SECOND);
  try {
    tell(`${jobs} runs are put in, taken out and completed`);
    const empty = await bench.size();
    for (let count = 0, at = nextTick(); count < jobs; count += 1_000)
      await bench.add(runs(jobs, at).slice(count, count + 1_000));
    while (true) {
      const taken = await bench.claim(jobs / 10, { maxConcurrentRuns: jobs, maxConnections: new Map() });
      if (taken.length === 0) break;
      for (let index = 0; index < taken.length; index += CLAIMED)
        await bench.complete(taken.slice(index, index + CLAIMED));
    }
    const perRun = ((await bench.size()) - empty) / jobs;
    const deadRows = await bench.deadRows();
    const vacuum = { lasts: await bench.vacuum('VACUUM ANALYZE'), deadRows };
    await bench.vacuum('VACUUM FULL');
    const perRunPacked = ((await bench.size()) - empty) / jobs;

    const costs = { look: [], claimNothing: [], claimSome: [] } as Record<
      'look' | 'claimNothing' | 'claimSome',
      CostAtBacklog[]
    >;
    for (const due of sizes.backlogs) {
      tell(`${due} runs are due`);
      const note = (name: keyof typeof costs, cost: Cost) => costs[name].push({ due, ...cost });
      await bench.empty();
      for (let count = 0, at = nextTick(); count < due; count += 1_000)
        await bench.add(runs(due, at).slice(count, count + 1_000));
      await bench.vacuum('ANALYZE');
      note('look', await bench.cost(times * 5, nothing, () => lookAtQueue(bench.ask)));
      note(
        'claimNothing',
        await bench.cost(times, nothing, () => bench.claim(CLAIMED, { maxConcurrentRuns: 0 })),
      );
      const taken: Awaited<ReturnType<typeof bench.claim>>[] = [];
      note('claimSome', await bench.cost(times, nothing, async () => taken.push(await bench.claim(CLAIMED))));
      for (const each of taken) await bench.complete(each);
    }
    tell('single pieces of work');
    await bench.empty();
    const each = (cost: Cost, count: number): Cost => ({
      lasts: cost.lasts / count,
      database: cost.database / count,
    });
    const many = Math.min(jobs, 1_000);
    const add = each(
      await bench.cost(
        times,
        async () => runs(many, nextTick()),
        (all) => bench.add(all),
      ),
      many,
    );
    const known = runs(many, tick);
    const addKnown = each(await bench.cost(times, nothing, () => bench.add(known)), many);
    const claim = () => bench.claim(CLAIMED);
    const complete = await bench.cost(
      times,
      async () => await bench.claim(1),
      (claimed) => bench.complete(claimed),
    );
    const going = await claim();
    const greet = await bench.cost(times, nothing, () => bench.greet(going));
    return {
      kept: jobs,
      ...costs,
      claimed: CLAIMED,
      ...{ add, addKnown, complete, greet },
      bytes: { perRun, perRunPacked },
      vacuum,
    };
  } finally {
    await bench.close();
  }
}

const nothing = async (): Promise<void> => undefined;

function planOf({ jobs, databases }: QueueSizes): SchedulePlan {
  return {
    jobs: Array.from({ length: jobs }, (_, index) => ({
      name: `job-${index}`,
      schedule: '0 2 * * *',
      timezone: 'Europe/London',
      jitter: 0,
      database: `database-${index % databases}`,
    })),
    missedRuns: 'run_once',
    maxConcurrentRuns: 1_000,
    maxConnections: new Map(),
  };
}
