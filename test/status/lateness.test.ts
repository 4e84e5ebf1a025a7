import { describe, expect, test } from 'vitest';
import type { AgeTally, Lateness } from '../../src/model/lateness.ts';
import { createPages } from '../../src/status/pages/create-pages.ts';
import { CURSOR_JOB, exampleJob } from './example-jobs.ts';
import { exampleView, LATENESS } from './example-view.ts';
import { serverWith } from './server-under-test.ts';

const JOB = 'transactions-by-channel';

const viewWith = (lateness: Lateness | undefined, over: Record<string, unknown> = {}) =>
  exampleView({
    job: async (name) => {
      const detail = await exampleView().job(name);
      return detail && { ...detail, lateness, job: exampleJob(name, over) };
    },
  });

async function section(...known: Parameters<typeof viewWith>): Promise<string> {
  const page = (await createPages(viewWith(...known)).job(JOB)) ?? '';
  return /<section aria-labelledby="lateness-title">.*?<\/section>/s.exec(page)?.[0] ?? '';
}

const TOLD = [
  'Of 3,600 records 98.2% were there, as they are now, when their day was first collected; all of them 2 days later.',
  '9 records came in the last day of lookback 3: raise it, to 7 for a start.',
].join(' ');

/** Nothing late of as many days. @param ages that were looked at */
const punctual = (ages: number): Lateness => ({
  ...LATENESS,
  ages: Array.from({ length: ages }, () => ({ ...LATENESS.ages[1], periods: 100, records: 3_600 })).map(
    (tally) => ({
      ...tally,
      ...{ appeared: 0, changed: 0, vanished: 0, squares: 0 },
    }),
  ),
});

describe('how late records come, on the page of a job,', () => {
  test('is told in a sentence, as bars and as a table', async () => {
    const html = await section(LATENESS);
    expect(html).toContain(`<p>${TOLD}</p>`);
    expect([...html.matchAll(/<rect class="bar".*?<title>(.*?)<\/title>/gs)].map(([, told]) => told)).toEqual(
      ['1 day: 41 new, 12 changed', '2 days: 7 new, 1 changed, 1 gone'],
    );
    expect(html).toContain(
      '<desc>1 day: 41 new, 12 changed. 2 days: 7 new, 1 changed, 1 gone. Up to 2 days was looked.</desc>',
    );
    const rows = [...html.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([row]) =>
      row.replace(/<\/t[hd]>\s*/g, '|').replace(/<[^>]*>/g, ''),
    );
    expect(rows).toEqual([
      'Late by|Looked at|New|Changed|Gone|There by then|',
      '1 day|100 days|41|12|0|99.7%|',
      '2 days|100 days|7|1|1|100%|',
    ]);
  });

  test('tells what came on the same day, if anything did', async () => {
    const [first, ...others] = LATENESS.ages;
    const html = await section({
      ...LATENESS,
      ages: [{ ...first, appeared: 8, squares: 64 } as AgeTally, ...others],
    });
    expect(html).toContain('<title>less than a day: 8 new</title>');
    expect(html).toMatch(/less than a day<\/th>\s*<td class="number">100 days/);
  });

  test('is a sentence alone where nothing was late', async () => {
    const html = await section(punctual(3));
    expect(html).toContain('Of 3,600 records all were there');
    expect(html).toContain('Lookback 3 could be 1.');
    expect(html).not.toContain('<svg');
  });

  test('says where ages are not shown', async () => {
    const { ages, ...others } = punctual(100);
    const late = ages.map((tally, age) => (age === 99 ? { ...tally, appeared: 1, squares: 1 } : tally));
    const html = await section({ ...others, ages: late }, { window: { period: 'day', lookback: 100 } });
    expect(html).toContain('<p>Those later than 60 days are not shown.</p>');
  });

  test.each([
    ['nothing is known', undefined, {}],
    ['nothing was collected again', { ...LATENESS, ages: [] }, {}],
    ['it is of periods of another length', LATENESS, { window: { period: 'week' } }],
    ['the job has no windows', LATENESS, CURSOR_JOB],
  ])('is left out when %s', async (_words, lateness, over) => {
    expect(await section(lateness, over)).toBe('');
  });
});

describe('how late records come, in /api/jobs/:name,', () => {
  async function documentOf(...known: Parameters<typeof viewWith>) {
    const { app } = await serverWith(viewWith(...known));
    return (await app.inject(`/api/jobs/${JOB}`)).json().lateness;
  }

  test('is told with what is advised', async () => {
    expect(await documentOf(LATENESS)).toEqual({
      period: 'day',
      records: 3_600,
      share_at_once: expect.closeTo(0.98282, 4),
      ages: [
        { age: 1, periods: 100, appeared: 41, changed: 12, vanished: 0, share: 0.9975 },
        { age: 2, periods: 100, appeared: 7, changed: 1, vanished: 1, share: 1 },
      ],
      advice: { kind: 'too_short', lookback: 7, more_periods: null },
      text: TOLD,
    });
  });

  test.each([
    [punctual(3), { kind: 'enough', lookback: 1, more_periods: null }],
    [
      { ...LATENESS, ages: LATENESS.ages.slice(0, 2) },
      { kind: 'too_early', lookback: null, more_periods: 84 },
    ],
  ])('advice %#', async (lateness, advice) => {
    expect((await documentOf(lateness)).advice).toEqual(advice);
  });

  test('is null where nothing is known, and of jobs without windows', async () => {
    expect(await documentOf(undefined)).toBeNull();
    expect(await documentOf(LATENESS, CURSOR_JOB)).toBeNull();
  });
});
