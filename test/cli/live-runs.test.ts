import { expect, test } from 'vitest';
import { LiveRuns } from '../../src/cli/run/live-runs.ts';
import { NO_COUNTS } from '../../src/model/run.ts';
import type { RunEvent } from '../../src/model/run-event.ts';

const SIZE = { columns: 80, rows: 24 };

/** Runs at a time that the test sets. */
function runsOf(...names: string[]) {
  let now = 0;
  const runs = new LiveRuns(names, () => now);
  const texts = (size = SIZE) => runs.lines(size).map(({ text }) => text);
  return {
    runs,
    texts,
    at: (time: number) => (now = time),
    start: (job: string, windows?: number) => runs.hear({ kind: 'run-started', job, run: 1, windows }),
    window: (job: string, rows: number) =>
      runs.hear({
        kind: 'window-acknowledged',
        job,
        run: 1,
        window: { from: 0, to: 1 },
        counts: { ...NO_COUNTS, rows },
      }),
    end: (job: string, outcome: 'succeeded' | 'failed') =>
      runs.hear({
        kind: 'run-ended',
        run: 1,
        result: {
          ...{ ...NO_COUNTS, records: 1_240, job, outcome, startedAt: 0, endedAt: 400 },
          ...{ window: undefined, failure: undefined },
        },
      } satisfies RunEvent),
  };
}

test('each job has a line from the beginning, and its outcome at the end', () => {
  const { runs, start, end } = runsOf('visits', 'ratings', 'late');
  start('visits', 3);
  end('ratings', 'failed');
  expect(runs.lines(SIZE)).toEqual([
    { text: `visits   ${'░'.repeat(24)}  0/3 windows  0 rows  0 rows/s` },
    { text: 'ratings  failed  1,240 records  0.4 s', style: 'red' },
    { text: 'late     waiting', style: 'dim' },
  ]);
});

test('a line tells windows, rows, rate and what is left', () => {
  const { texts, at, start, window } = runsOf('visits');
  start('visits', 4);
  at(2_000);
  window('visits', 2_000);
  window('visits', 5_000);
  expect(texts()).toEqual([
    `visits  ${'█'.repeat(8)}${'░'.repeat(8)}  2/4 windows  5,000 rows  2,500 rows/s  about 2 s left`,
  ]);
});

test('jobs without windows tell how long they run, and rows that were acknowledged', () => {
  const { runs, texts, at, start } = runsOf('events');
  start('events');
  at(3_000);
  expect(texts()).toEqual(['events  running for 3.0 s']);
  runs.hear({
    kind: 'cursor-acknowledged',
    job: 'events',
    run: 1,
    cursor: [],
    counts: { ...NO_COUNTS, rows: 12 },
  });
  expect(texts()).toEqual(['events  running for 3.0 s  12 rows']);
});

test('a run that owes no window has no share of nothing', () => {
  const { texts, start } = runsOf('visits');
  start('visits', 0);
  expect(texts()[0]).toMatch(/^visits {2}░{24} {2}0\/0 windows/);
});

test.each([80, 60, 45, 30])('a line fits %i columns: what is least worth is left out', (columns) => {
  const { texts, at, start, window } = runsOf('transactions-by-channel');
  start('transactions-by-channel', 1_200);
  at(90_000);
  window('transactions-by-channel', 123_456);
  const [line = ''] = texts({ columns, rows: 24 });
  expect(line).toContain(columns < 40 ? 'transactions-by-channel' : '1/1,200 windows');
  if (columns > 40) expect(line.length).toBeLessThan(columns);
});

test('where a terminal has too few lines, those that run are shown and the others counted', () => {
  const { texts, start, end } = runsOf(...Array.from({ length: 30 }, (_, index) => `job-${index}`));
  for (const job of ['job-0', 'job-1']) end(job, 'succeeded');
  start('job-2', 9);
  start('job-3');
  expect(texts()).toEqual([
    expect.stringMatching(/^job-2 {2}░/),
    'job-3  running for 0.0 s',
    '2 of 30 jobs done, 26 to come',
  ]);
});

test('a note is seen until a run gets on', () => {
  const { runs, texts, start, window } = runsOf('visits');
  start('visits', 3);
  runs.note('the write host does not answer: requests wait');
  expect(texts()[1]).toBe('! the write host does not answer: requests wait');
  window('visits', 1);
  expect(texts()).toHaveLength(1);
});
