import { describe, expect, test } from 'vitest';
import type { JobFigures, PeriodFigures } from '../../src/model/figures.ts';
import type { DaemonView } from '../../src/status/daemon-view.ts';
import { createPages } from '../../src/status/pages/create-pages.ts';
import { exampleJob, SNAPSHOT_JOB } from './example-jobs.ts';
import { exampleView } from './example-view.ts';
import { serverWith } from './server-under-test.ts';

const JOB = 'transactions-by-channel';

const on = (date: string, records: number, sums: PeriodFigures['sums'] = {}): PeriodFigures => ({
  period: Date.parse(date),
  records,
  sums,
});

/** A view in which the job has these figures. */
const viewWith = (figures: JobFigures | undefined, over: Record<string, unknown> = {}): DaemonView =>
  exampleView({
    job: async (name) => {
      const detail = await exampleView().job(name);
      return detail && { ...detail, figures, job: exampleJob(name, over) };
    },
  });

const DAYS: JobFigures = {
  length: 'day',
  periods: [
    on('2026-11-13', 2, { count: '9007199254740993', cost: '12.5' }),
    on('2026-11-15', 0),
    on('2026-11-16', 1_234, { count: '7' }),
    on('2026-11-17', 3, { count: '-1', cost: '0.25' }),
  ],
};

async function section(figures: JobFigures | undefined, over: Record<string, unknown> = {}): Promise<string> {
  const page = (await createPages(viewWith(figures, over)).job(JOB)) ?? '';
  return /<section aria-labelledby="figures-title">.*?<\/section>/s.exec(page)?.[0] ?? '';
}

/** What each bar of a chart is and tells. */
const barsOf = (chart: string): string[] =>
  [...chart.matchAll(/<rect class="([^"]*)".*?<title>(.*?)<\/title>/gs)].map(
    ([, kind, told]) => `${kind}: ${told}`,
  );

const chartsOf = (html: string): string[] => html.split('<figure>').slice(1);

describe('what arrived, on the page of a job,', () => {
  test('is a bar for each period: nothing and what is not known look otherwise', async () => {
    const [records = '', count = '', cost = '', ...others] = chartsOf(await section(DAYS));
    expect(others).toEqual([]);
    expect(barsOf(records)).toEqual([
      'bar: Friday 13 November: 2',
      'unknown: Saturday 14 November: not known',
      'zero: Sunday 15 November: 0',
      'bar: Monday 16 November: 1,234',
      'bar current: Tuesday 17 November: 3, so far',
    ]);
    expect(barsOf(count)).toContain('bar current: Tuesday 17 November: -1, so far');
    expect(barsOf(cost)).toContain('zero: Monday 16 November: 0');
  });

  test('is told in words and as a table, too', async () => {
    const html = await section(DAYS);
    expect(html).toContain('<title>Records, by day</title>');
    expect(html).toContain(
      '<desc>5 bars, from Friday 13 November to Tuesday 17 November. The least is 0, the most 1,234, the newest 3. 1 bar of nothing, 1 not known.</desc>',
    );
    const rows = [...html.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([row]) =>
      row
        .replace(/<\/t[hd]>/g, '|')
        .replace(/<[^>]*>/g, '')
        .replace(/\s+/g, ''),
    );
    expect(rows).toEqual([
      'Day|Records|count|cost|',
      '2026-11-17|3|-1|0.25|',
      '2026-11-16|1,234|7|–|',
      '2026-11-15|0|–|–|',
      '2026-11-13|2|9,007,199,254,740,993|12.5|',
    ]);
    expect(html).toContain(`href="../api/jobs/${JOB}/figures.csv"`);
  });

  test('stands in the present, however wrong a date is', async () => {
    const periods = [on('0001-01-01', 1), ...DAYS.periods, on('9999-01-01', 5)];
    const bars = barsOf(chartsOf(await section({ ...DAYS, periods }))[0] ?? '');
    expect(bars).toHaveLength(60);
    expect(bars.at(-1)).toBe('bar current: Tuesday 17 November: 3, so far');
  });

  test('is hour by hour of a job whose periods are hours', async () => {
    const periods = [on('2026-11-17T08:00:00Z', 4), on('2026-11-17T09:00:00Z', 5)];
    const html = await section({ length: 'hour', periods }, SNAPSHOT_JOB);
    expect(barsOf(html)).toEqual([
      'bar: 17 November at 08:00: 4',
      'bar current: 17 November at 09:00: 5, so far',
    ]);
    expect(html).toContain('2026-11-17T08:00:00Z');
  });

  test('is left out when nothing is known', async () => {
    expect(await section(undefined)).toBe('');
  });

  test('names the newest days that differ by more than the job expects, but not the day that goes on', async () => {
    const weeks = ['2026-10-18', '2026-10-25', '2026-11-01', '2026-11-08', '2026-11-15'];
    const figures = {
      length: 'day',
      periods: [...weeks.map((date) => on(date, 400)), on('2026-11-17', 9)],
    } as const;
    const change = { change: { at_most: '50%' } };
    expect(await section(figures, { expect: change })).not.toContain('differed');
    const doubled = { ...figures, periods: [...figures.periods.slice(0, 4), on('2026-11-15', 1_200)] };
    expect(await section(doubled, { expect: change })).toMatch(
      /The number of records differed by more than 50 % .*2026-11-15 \(1,200, usually 400\)/,
    );
    expect(await section(doubled)).not.toContain('differed');
  });

  test('says so while too few periods are known for the next to be compared', async () => {
    const change = { change: { measure: 'count', at_most: '50%' } };
    const words =
      'The next day is not compared yet: 3 days of the same weekday before it are needed, and none is known.';
    expect(await section(DAYS, { expect: change })).toContain(words);
    expect(await section(DAYS)).not.toContain('compared');
    const weeks = Array.from({ length: 40 }, (_, day) =>
      on(new Date(Date.parse('2026-10-08') + day * 86_400_000).toISOString().slice(0, 10), 400),
    );
    expect(await section({ length: 'day', periods: weeks }, { expect: change })).not.toContain('compared');
  });
});

async function get(url: string, figures: JobFigures | undefined) {
  const { app } = await serverWith(viewWith(figures));
  return app.inject(url);
}

describe('/api/jobs/:name/figures', () => {
  test('tells all that is known, with all digits', async () => {
    const answer = await get(`/api/jobs/${JOB}/figures`, DAYS);
    expect(answer.json()).toEqual({
      job: JOB,
      period: 'day',
      figures: [
        { start: '2026-11-13', records: 2, sums: { count: '9007199254740993', cost: '12.5' } },
        { start: '2026-11-15', records: 0, sums: {} },
        { start: '2026-11-16', records: 1_234, sums: { count: '7' } },
        { start: '2026-11-17', records: 3, sums: { count: '-1', cost: '0.25' } },
      ],
    });
    expect((await get(`/api/jobs/${JOB}/figures`, undefined)).json()).toEqual({
      job: JOB,
      period: null,
      figures: [],
    });
    expect((await get('/api/jobs/nobody/figures', DAYS)).statusCode).toBe(404);
  });

  test('tells the same as CSV', async () => {
    const answer = await get(`/api/jobs/${JOB}/figures.csv`, {
      length: 'hour',
      periods: [
        on('2026-11-17T08:00:00Z', 4, { count: '1.5' }),
        on('2026-11-17T09:00:00Z', 5, { 'a "b", c': '2' }),
      ],
    });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${JOB}.csv"`,
    });
    expect(answer.body).toBe(
      'start,records,count,"a ""b"", c"\r\n2026-11-17T08:00:00Z,4,1.5,\r\n2026-11-17T09:00:00Z,5,,2\r\n',
    );
    expect((await get(`/api/jobs/${JOB}/figures.csv`, undefined)).body).toBe('start,records\r\n');
    expect((await get('/api/jobs/nobody/figures.csv', DAYS)).statusCode).toBe(404);
  });
});

describe('what arrived, in the row of each job,', () => {
  /** The chart of the only job with records, and how often they were asked for. */
  async function chartOf(records: JobFigures): Promise<{ chart: string; asked: number }> {
    let asked = 0;
    const recentRecords = async () => {
      asked += 1;
      return new Map([[JOB, records]]);
    };
    const page = await createPages(exampleView({ recentRecords })).overview();
    const [chart = ''] = /<svg[^>]* aria-label="Records of .*?<\/svg>/s.exec(page) ?? [];
    return { chart, asked };
  }
  const barsIn = (chart: string, kind: string) =>
    new RegExp(`<path class="${kind}" d="([^"]*)"`).exec(chart)?.[1]?.match(/M/g)?.length ?? 0;

  test('is a bar for each period, red where nothing came, and is asked for once for all', async () => {
    const { chart, asked } = await chartOf(DAYS);
    expect(asked).toBe(1);
    expect(chart).toContain(
      'aria-label="Records of the last 5 days: 0 to 1,234 a day, 3 in the newest; 1 day without any, 1 not known."',
    );
    expect([barsIn(chart, 'bar'), barsIn(chart, 'bar bad')]).toEqual([3, 1]);
  });

  test('is no trouble of a period that goes on', async () => {
    const { chart } = await chartOf({
      length: 'day',
      periods: [on('2026-11-16', 36), on('2026-11-17', 0)],
    });
    expect([barsIn(chart, 'bar'), barsIn(chart, 'bar bad')]).toEqual([2, 0]);
    expect(chart).toContain('Records of the last 2 days: 0 to 36 a day, 0 in the newest."');
  });

  test('is of the newest 30 periods, and knows nothing of the future', async () => {
    const days = Array.from({ length: 50 }, (_, day) => on('2026-10-10', day + 1)).map((each, day) => ({
      ...each,
      period: each.period + day * 86_400_000,
    }));
    const { chart } = await chartOf({ length: 'day', periods: days });
    expect(chart).toContain('Records of the last 30 days: 10 to 39 a day, 39 in the newest."');
  });

  test('says so where nothing is known', async () => {
    const page = await createPages(exampleView({ recentRecords: async () => new Map() })).overview();
    expect(page).not.toContain('Records of the last');
    const said = [...page.matchAll(/data-label="Arrived"><span class="none">(.*?)<\/span>/g)];
    expect(new Set(said.map(([, words]) => words))).toEqual(new Set(['Nothing yet', 'Not known']));
  });
});
