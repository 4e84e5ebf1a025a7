import { expect, test } from 'vitest';
import { createMetrics } from '../../src/observe/metrics.ts';

const JOBS = 10_000;
const names = Array.from({ length: JOBS }, (_, index) => `job-${index}`);

/** Milliseconds of this thread's own work, however busy the machine is. */
function work(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** The longest work on end, in milliseconds, while something goes on. */
async function longestTurn(something: () => Promise<unknown>): Promise<number> {
  let [last, longest, going] = [work(), 0, true];
  const measure = () => {
    const now = work();
    longest = Math.max(longest, now - last);
    last = now;
    if (going) setImmediate(measure);
  };
  setImmediate(measure);
  await something();
  going = false;
  measure();
  return longest;
}

const jobs = names.map((name, index) => ({
  name,
  deadLetters: index,
  pendingRecords: 0,
  collectedTo: 1_000,
  lastSuccess: 2_000,
  nextRun: 3_000,
}));
const measured = names.map((name) => ({ name, dataSet: `group/${name}` }));

test('a scrape of 10,000 jobs keeps nobody waiting for 100 ms, nor does their start', async () => {
  const metrics = createMetrics(async () => ({ jobs, scheduleLag: 0 }));
  let text = '';
  expect(await longestTurn(async () => metrics.setJobs(measured))).toBeLessThan(100);
  for (const _ of ['first', 'second'])
    expect(
      await longestTurn(async () => {
        text = (await metrics.text()).toString();
      }),
    ).toBeLessThan(100);
  expect(text.match(/^pp_db_collector_dead_letters\{/gm)).toHaveLength(JOBS);
}, 60_000);

test('all series of a metric follow each other, after one line each of HELP and TYPE', async () => {
  const metrics = createMetrics(async () => ({ jobs, scheduleLag: 0 }));
  metrics.setJobs(measured.slice(0, 450));
  const lines = (await metrics.text()).toString().split('\n');
  expect(lines.at(-1)).toBe('');
  const metricOf = (line: string) =>
    (/^(?:# (?:HELP|TYPE) )?([a-z_]+)/.exec(line)?.[1] ?? '').replace(/_(?:bucket|sum|count)$/, '');
  const order = lines.filter((line) => line !== '').map(metricOf);
  const runs = order.filter((name, index) => name !== order[index - 1]);
  expect(runs).toHaveLength(new Set(runs).size);
  expect(lines.filter((line) => line.startsWith('# TYPE pp_db_collector_rows_total'))).toHaveLength(1);
});

test('who asks while a scrape goes on gets the same one', async () => {
  let lookUps = 0;
  const metrics = createMetrics(async () => {
    lookUps += 1;
    return { jobs: [], scheduleLag: 0 };
  });
  const [one, other] = await Promise.all([metrics.text(), metrics.text()]);
  expect(one).toBe(other);
  await metrics.text();
  expect(lookUps).toBe(2);
});

test('ten thousand jobs that come and go leave nothing behind', async () => {
  const metrics = createMetrics(async () => ({ jobs: [], scheduleLag: 0 }));
  const empty = (await metrics.text()).length;
  metrics.setJobs(measured);
  await metrics.text();
  metrics.setJobs([]);
  expect(Math.abs((await metrics.text()).length - empty)).toBeLessThan(2_000);
});
