import { describe, expect, test } from 'vitest';
import { NO_COUNTS, type RunningRun } from '../../src/model/run.ts';
import type { JobView } from '../../src/status/daemon-view.ts';
import { headlineOf, plainHeadline, type Standing } from '../../src/status/pages/headline.ts';
import { exampleJob } from './example-jobs.ts';
import { exampleView, NOW } from './example-view.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const examples = await exampleView().jobs();
const example = examples.find(({ name }) => name === 'transactions-by-channel');
if (example?.lastRun === undefined) throw new Error('the example has no run');
const { lastRun } = example;
const good: JobView = example;

/** A job whose last run, which ended at a time, had no answer since another. */
function unanswered(name: string, side: 'source' | 'target', since: number, endedAt: number): JobView {
  const failure = { side, message: 'gone', remedy: undefined, unansweredSince: since };
  const nothing = { outcome: 'failed', rows: 0, requests: 0, records: 0 } as const;
  return { ...good, name, unansweredSince: since, lastRun: { ...lastRun, ...nothing, endedAt, failure } };
}

const succeeded = (name: string, endedAt: number, over: Partial<JobView> = {}): JobView => ({
  ...good,
  name,
  lastRun: { ...lastRun, startedAt: endedAt - MINUTE, endedAt },
  lastSuccessAt: endedAt,
  ...over,
});

const runOf = (since: number, over: Partial<RunningRun> = {}): RunningRun => ({
  since,
  ...NO_COUNTS,
  ...over,
});

const headline = (jobs: readonly JobView[], over: Partial<Standing> = {}) =>
  headlineOf({
    jobs,
    viewpoint: { now: NOW, zone: 'Europe/London', zoneName: 'Europe/London' },
    notReadyBecause: undefined,
    reload: undefined,
    healthProblem: undefined,
    writeApiDownSince: undefined,
    ...over,
  });

const words = (jobs: readonly JobView[], over: Partial<Standing> = {}) => plainHeadline(headline(jobs, over));

const yesterday = Date.parse('2026-11-16T22:19:00Z');

describe('a write API that does not answer', () => {
  const jobs = [
    unanswered('a', 'target', NOW - 2 * HOUR, NOW - 2 * HOUR + 5 * MINUTE),
    unanswered('b', 'target', NOW - HOUR, NOW - HOUR + 5 * MINUTE),
    succeeded('c', NOW - 3 * HOUR),
  ];

  test('is the headline, with since when and how many jobs wait', () => {
    expect(words(jobs)).toBe('The write API has not answered since 07:20. Nothing is lost; 2 jobs wait.');
    expect(headline(jobs)).toMatchObject({ tone: 'bad', link: { state: 'unanswered' } });
  });

  test('is told with the date when that was not today', () => {
    expect(words([unanswered('a', 'target', yesterday, yesterday + MINUTE)])).toBe(
      'The write API has not answered since 16 Nov, 22:19. Nothing is lost; 1 job waits.',
    );
  });

  test('leaves jobs that are in other trouble to a sentence of their own', () => {
    const wrong = { ...good, name: 'wrong', job: undefined, lastRun: undefined };
    expect(words([...jobs, wrong])).toContain('2 jobs wait. 1 other job needs attention.');
  });

  test('is told while the first run without an answer still tries', () => {
    const running = succeeded('a', NOW - HOUR, { running: runOf(NOW - 2 * MINUTE) });
    expect(words([running, good], { writeApiDownSince: NOW - MINUTE })).toBe(
      'The write API has not answered since 09:19. Nothing is lost; 1 job waits.',
    );
  });

  test('has not been silent since before somebody had an answer', () => {
    const later = succeeded('c', NOW - 90 * MINUTE);
    expect(words([...jobs.slice(0, 2), later])).toContain('not answered since 07:50');
  });
});

describe('a database that does not answer', () => {
  const job = exampleJob('elsewhere', { database: 'visits' });

  test('is named, and what is told is about its jobs', () => {
    const jobs = [
      unanswered('a', 'source', NOW - HOUR, NOW - HOUR),
      unanswered('b', 'source', NOW - HOUR, NOW - HOUR),
      succeeded('elsewhere', NOW - MINUTE, { job }),
    ];
    expect(words(jobs)).toBe('The database benefits has not answered since 08:20; 2 jobs wait.');
  });

  test('is told beside a write API that does not either', () => {
    const jobs = [
      unanswered('a', 'target', NOW - HOUR, NOW - HOUR),
      { ...unanswered('b', 'source', NOW - 2 * HOUR, NOW - 2 * HOUR), job },
    ];
    expect(words(jobs)).toBe(
      'The write API has not answered since 08:20 and the database visits has not answered since 07:20; 2 jobs wait.',
    );
  });

  test('that refuses a query has answered', () => {
    const failure = { side: 'source', message: 'no such column', remedy: undefined } as const;
    const refused = { ...good, lastRun: { ...lastRun, outcome: 'failed', failure } as const };
    expect(words([refused])).toContain('needs attention');
  });
});

describe('a write API that answers again', () => {
  const recovery = { side: 'target', since: NOW - 2 * HOUR, at: NOW - 10 * MINUTE } as const;
  const recovered = ['a', 'b'].map((name) => succeeded(name, NOW - 10 * MINUTE, { recovery }));
  const late = unanswered('c', 'target', NOW - HOUR, NOW - HOUR);

  test('is told for a while', () => {
    expect(headline(recovered)).toMatchObject({ tone: 'good' });
    expect(words(recovered)).toBe('The write API answers again since 09:10; 2 jobs have caught up.');
    const before = { ...recovery, at: NOW - 31 * MINUTE };
    expect(words([succeeded('a', NOW - 31 * MINUTE, { recovery: before })])).toBe('Everything is all right.');
  });

  test('is told of jobs that have had nothing to send since', () => {
    const nothing = { outcome: 'empty', rows: 0, records: 0, requests: 0 } as const;
    const idle = recovered.map((view) => ({
      ...view,
      lastRun: { ...lastRun, ...nothing, endedAt: NOW - MINUTE },
    }));
    expect(words(idle)).toBe('The write API answers again since 09:10; 2 jobs have caught up.');
    const before = { ...late, lastRun: { ...lastRun, ...late.lastRun, endedAt: NOW - 20 * MINUTE } };
    expect(words([...idle, { ...before, running: runOf(NOW - MINUTE) }])).toBe(
      'The write API answers again since 09:10; 2 jobs have caught up and 1 is catching up.',
    );
  });

  test('is told as long as jobs catch up, with those that wait for their ticks', () => {
    const running = { ...late, running: runOf(NOW - MINUTE) };
    expect(words([...recovered, running, { ...late, name: 'd' }])).toBe(
      'The write API answers again since 09:10; 2 jobs have caught up, 1 is catching up and 1 waits for its next run.',
    );
  });

  test('leaves jobs that still have not run to themselves after a while', () => {
    const answered = succeeded('a', NOW - 40 * MINUTE);
    expect(words([answered, late])).toContain('One of 2 jobs needs attention: c failed 60 minutes ago');
  });
});

describe('while nothing is wrong', () => {
  const unrun = { ...good, lastRun: undefined, lastSuccessAt: undefined };

  test('before the first run it is told what is going to happen when', () => {
    const [soon, later] = [NOW + 3 * HOUR, NOW + 20 * HOUR];
    const jobs = [
      { ...unrun, name: 'b', nextRun: later },
      { ...unrun, name: 'a', nextRun: soon },
    ];
    expect(words(jobs)).toBe('Nothing has run yet. The first of 2 jobs, a, runs at 12:20, in 3 hours.');
    expect(words(jobs.slice(0, 1))).toBe(
      'Nothing has run yet. The only job, b, runs on 18 Nov, 05:20, in 20 hours.',
    );
    expect(words([{ ...unrun, nextRun: undefined }])).toContain('nothing runs by itself');
  });

  test('it is told what runs', () => {
    const running = { ...unrun, running: runOf(NOW - 12_000) };
    expect(words([running, good])).toBe('1 job is running: transactions-by-channel, for 12 seconds.');
    const work = { unit: 'window', done: 7, owed: 24, since: NOW - 12_000 } as const;
    expect(words([{ ...unrun, running: runOf(NOW - 12_000, { work }) }])).toBe(
      '1 job is running: transactions-by-channel, 7 of 24 windows, about 30 s left.',
    );
    expect(words([running, running])).toBe('2 jobs are running; nothing is wrong.');
  });
});
