import { expect, test } from 'vitest';
import { createMetrics } from '../../src/observe/metrics.ts';

const JOBS = 10_000;
/** Of all work, on end: in one go it would be the whole. Memory that is cleared away in the midst of a turn counts, too. */
const MOST = 1 / 2;
const names = Array.from({ length: JOBS }, (_, index) => `job-${index}`);

/** Milliseconds of this thread's own work, however busy the machine is. */
function work(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Milliseconds of work: all that something does, and the most that it does on end before others have their turn. */
async function workOf(something: () => Promise<unknown>): Promise<{ all: number; longestTurn: number }> {
  const begun = work();
  let [last, longestTurn, going] = [begun, 0, true];
  const measure = () => {
    const now = work();
    longestTurn = Math.max(longestTurn, now - last);
    last = now;
    if (going) setImmediate(measure);
  };
  setImmediate(measure);
  await something();
  going = false;
  measure();
  return { all: last - begun, longestTurn };
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

test('a scrape of 10,000 jobs lets others have their turn again and again, and their start takes no longer', async () => {
  const metrics = createMetrics(async () => ({ jobs, scheduleLag: 0 }));
  let text = '';
  const start = await workOf(async () => metrics.setJobs(measured));
  const scrape = async () => {
    text = (await metrics.text()).toString();
  };
  const scrapes = [await workOf(scrape), await workOf(scrape)];
  for (const { all, longestTurn } of scrapes) {
    expect(longestTurn).toBeLessThan(all * MOST);
    expect(start.longestTurn).toBeLessThan(all * MOST);
  }
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
