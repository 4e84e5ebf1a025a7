import { describe, expect, test } from 'vitest';
import type { DaemonView, JobView } from '../../src/status/daemon-view.ts';
import { createPages, type RawQuery } from '../../src/status/pages/create-pages.ts';
import { DATA_SET_TOKEN, exampleJob } from './example-jobs.ts';
import { exampleView, healthyView, LONG_MESSAGE, NOW, VALUE_OF_A_ROW } from './example-view.ts';

const HOSTILE = '"><script>alert(1)</script><b style="x" onload=\'y\'>';

const overview = (view: DaemonView = exampleView(), query: RawQuery = {}) =>
  createPages(view).overview(query);

async function jobPage(name: string, view = exampleView(), query: RawQuery = {}, canRunNow = false) {
  const page = await createPages(view, { canRunNow }).job(name, query);
  if (page === undefined) throw new Error(`there is no job ${name}`);
  return page;
}

/** What a person reads, in one line. */
const textOf = (page: string): string =>
  page
    .replace(/^.*<body>/s, '')
    .replace(/<(?!\/?(a|b|bdi|code|span|time|wbr)\b)[^>]*>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

const headlineOf = (page: string): string => textOf(/<h1.*?<\/h1>/s.exec(page)?.[0] ?? '').trim();

async function exampleOf(name: string, over: Partial<JobView> = {}): Promise<JobView> {
  const view = (await exampleView().jobs()).find((each) => each.name === name);
  if (view === undefined) throw new Error(`there is no job ${name}`);
  return { ...view, ...over };
}

const viewOf = (...jobs: JobView[]): DaemonView => exampleView({ jobs: async () => jobs });

test('a data set leads to its dashboard where there is one', async () => {
  const link = '<a href="https://numbers.example/dashboards/carers-allowance">';
  const [one, other] = [await jobPage('transactions-by-channel'), await jobPage('applications-waiting')];
  expect(one).toContain(`${link}carers-allowance/<wbr/>transactions-by-channel`);
  expect(textOf(other)).toContain('Data set carers-allowance/applications-waiting Schedule');
  expect((await overview()).split(link)).toHaveLength(2);
});

describe('the headline', () => {
  test('says in one sentence that everything is all right', async () => {
    expect(headlineOf(await overview(healthyView()))).toBe('Everything is all right.');
  });

  test('leads to the job that most needs attention', async () => {
    const page = await overview();
    expect(headlineOf(page)).toBe(
      '5 of 12 jobs need attention, first of all applications-waiting, which failed 19 minutes ago and last succeeded 3 hours ago.',
    );
    expect(page).toMatch(/<h1.*href="jobs\/applications-waiting".*<\/h1>/s);
  });

  test.each([
    ['user-satisfaction', 'has not succeeded for 6 days.'],
    ['call-centre-calls', 'cannot run because its file is wrong.'],
    ['visits-by-office', 'has 3 dead letters.'],
  ])('tells of %s that it %s', async (name, text) => {
    const page = await overview(viewOf(await exampleOf(name), await exampleOf('transactions-by-channel')));
    expect(headlineOf(page)).toBe(`One of 2 jobs needs attention: ${name} ${text}`);
  });

  test('tells of a job that holds back what differs from before, with both numbers on its row', async () => {
    const usual = await exampleOf('transactions-by-channel');
    const { lastRun } = usual;
    if (lastRun === undefined) throw new Error('the example has a run');
    const message = 'nothing of the window was sent: the number of records is 3, where 40 is usual';
    const failure = { side: 'data', message, remedy: undefined } as const;
    const page = await overview(viewOf({ ...usual, lastRun: { ...lastRun, outcome: 'failed', failure } }));
    expect(headlineOf(page)).toMatch(
      /^The only job needs attention: transactions-by-channel holds back what it found, which differs too much from before, and last succeeded/,
    );
    expect(textOf(page)).toContain('the number of records is 3, where 40 is usual');
  });

  test('tells of a wrong reload, unless a job is worse off', async () => {
    const lastReload = () => ({ at: NOW, problems: ['config.yaml:1:1  expected a mapping'] });
    const mended = await overview(healthyView({ lastReload }));
    expect(headlineOf(mended)).toContain('All jobs run, but the new configuration is wrong');
    expect(textOf(mended)).toContain('config.yaml:1:1 expected a mapping');
    const broken = await overview(exampleView({ lastReload }));
    expect(headlineOf(broken)).toContain('5 of 12 jobs need attention');
    expect(textOf(broken)).toContain('config.yaml:1:1 expected a mapping');
  });

  test('gives dead letters less weight than anything else', async () => {
    const letters = await exampleOf('visits-by-office');
    const lastReload = () => ({ at: NOW, problems: ['config.yaml:1:1  expected a mapping'] });
    expect(headlineOf(await overview({ ...viewOf(letters), lastReload }))).toContain(
      'the new configuration is wrong',
    );
    expect(await overview(viewOf(letters))).toContain('<h1 class="headline warn">');
    const wrong = await exampleOf('call-centre-calls');
    expect(headlineOf(await overview(viewOf(letters, wrong)))).toContain('first of all call-centre-calls');
  });

  test('tells why the daemon cannot do its work', async () => {
    const broken = async () => {
      throw new Error('the state does not answer: <b>disk I/O error</b>');
    };
    const page = await overview(
      exampleView({ checkHealth: broken, jobs: broken, recentRuns: broken, recentRecords: broken }),
    );
    expect(headlineOf(page)).toBe(
      'The daemon cannot do its work: the state does not answer: <b>disk I/O error</b>.',
    );
    expect(textOf(page)).not.toContain('job file');
  });

  test('tells that no runs begin', async () => {
    const notReady = (reason: string, isBrief: boolean) =>
      overview(healthyView({ notReadyBecause: () => ({ reason, isBrief }) }));
    const starting = await notReady('starting or stopping', true);
    expect(headlineOf(starting)).toBe('No runs begin here: starting or stopping.');
    expect(starting).toContain('class="headline calm"');
    const shutOut = await notReady('the user lacks a right', false);
    expect(headlineOf(shutOut)).toBe('No runs begin here: the user lacks a right.');
    expect(shutOut).toContain('class="headline warn"');
  });

  test('tells that there are no jobs', async () => {
    expect(headlineOf(await overview(viewOf()))).toBe('There are no jobs yet.');
  });
});

describe('the row of a job', () => {
  test('tells everything of a job at a glance', async () => {
    const text = textOf(await overview(viewOf(await exampleOf('transactions-by-channel'))));
    for (const part of [
      "Carer's Allowance applications by channel, per day",
      'carers-allowance/transactions-by-channel',
      'Succeeded2 hours ago',
      '7.3 s',
      '1,234,567',
      '17 Nov, 00:00 up to date, next in 21 hours',
      '18 Nov, 06:30 in 21 hours',
    ])
      expect(text).toContain(part);
  });

  test('is part of a table also where the style makes cards of rows', async () => {
    for (const page of [await overview(), await jobPage('visits-by-office')]) {
      expect(page).toContain('<table');
      expect(page).not.toMatch(/<(table|thead|tbody|tr|th|td)\b(?![^>]* role=)/);
    }
  });

  test('tells of its runs in words, too', async () => {
    const page = await overview(viewOf(await exampleOf('completion-rate')));
    expect(page).toContain('aria-label="Last 30 runs: 2 failed and 28 succeeded; they took 2.3 s to 8.3 s."');
    expect(page.match(/class="mark bad"/g)).toHaveLength(2);
  });

  test('tells times by the clock of the page, and where a period ends by that of its job', async () => {
    const job = exampleJob('transactions-by-channel');
    const view = await exampleOf('transactions-by-channel', { job: { ...job, timezone: 'Asia/Kolkata' } });
    const page = await overview(viewOf(view, await exampleOf('letters-sent')));
    expect(page).toContain(
      'datetime="2026-11-18T06:30:00Z" title="Wednesday, 18 November 2026 at 06:30:00 GMT"',
    );
    expect(textOf(page)).toContain('18 Nov, 06:30 in 21 hours');
    expect(textOf(page)).toContain('17 Nov, 05:30 Asia/Kolkata');
    expect(textOf(page).match(/Europe\/London/g)).toHaveLength(1);
  });

  test('tells of a wrong file what is wrong with it, and how much more', async () => {
    const problems = Array.from({ length: 5 }, (_, index) => `x.yaml:${index + 1}:1  ${HOSTILE}`);
    const text = textOf(await overview(viewOf(await exampleOf('call-centre-calls', { problems }))));
    expect(text).toContain(`x.yaml:3:1 ${HOSTILE}`);
    expect(text).not.toContain('x.yaml:4:1');
    expect(text).toContain('2 more mistakes');
  });

  test('tells of a data set that differs from its source, without alarm', async () => {
    const found = {
      compared: 'records',
      source: 9,
      missing: 1,
      different: 0,
      extra: 2,
      setAside: 0,
    } as const;
    const verification = { job: 'letters-sent', startedAt: NOW - 60_000, endedAt: NOW, outcome: found };
    const view = viewOf(await exampleOf('letters-sent', { verification }));
    const text = textOf(await overview(view));
    expect(text).toContain('letters-sent has a data set that differs from its source in 3 records.');
    expect(text).toContain('The data set differed from the source, which has 9 records: 1 missing');
    expect(await overview(view)).toContain('<tr role="row" class="warn">');
    const agreed = { ...verification, outcome: { ...found, missing: 0, extra: 0 } };
    const right = viewOf(await exampleOf('letters-sent', { verification: agreed }));
    expect(textOf(await overview(right))).toContain('Everything is all right.');
  });

  test('tells in one line why a job failed', async () => {
    const page = await overview();
    expect(page.match(/class="reason"/g)).toHaveLength(2);
    expect(textOf(page)).toContain('The write host does not answer: connect ECONNREFUSED 192.0.2.1:443');
  });

  test('tells of running, waiting, switched off and left alone', async () => {
    const text = textOf(await overview());
    for (const part of ['Running for 3 minutes', 'Waiting for 90 seconds', 'Switched off', 'Only by hand'])
      expect(text).toContain(part);
  });

  test('tells how far a run is, by a bar where it is known how much there is to do', async () => {
    const page = await overview(viewOf(await exampleOf('digital-take-up')));
    expect(textOf(page)).toContain('Running for 3 minutes 7 of 24 windows, about 7 min left');
    expect(page).toMatch(/<progress [^>]*max="24" value="7"/);
    const onItsOwn = await jobPage('digital-take-up');
    expect(textOf(onItsOwn)).toContain('For 3 minutes 7 of 24 windows, about 7 min left');
    const { running, ...example } = await exampleOf('digital-take-up');
    const countless = viewOf({ ...example, running: running && { ...running, work: undefined } });
    expect(textOf(await overview(countless))).toContain('Running for 3 minutes 252 rows, 1 rows/s');
    expect(await overview(countless)).not.toContain('<progress');
  });

  test('tells how old the position of an event is whose zone nobody knows', async () => {
    const text = textOf(await overview(viewOf(await exampleOf('application-events'))));
    expect(text).toContain('2026-11-17 09:09:58.123456123456789012345678 as of 4 minutes ago');
  });
});

describe('many jobs', async () => {
  const example = await exampleOf('completion-rate');
  const jobs = Array.from({ length: 10_000 }, (_, index) => ({
    ...(index % 100 === 0 ? example : { ...example, lastRun: undefined }),
    name: `job-${String(index).padStart(5, '0')}`,
  }));
  const recentRuns = () => exampleView().recentRuns('completion-rate');
  const view = exampleView({ jobs: async () => jobs, recentRuns });
  const rowsOf = (page: string) =>
    [...page.matchAll(/class="name" href="jobs\/([^"?]+)/g)].map(([, name]) => name);

  test('are shown 200 at a time, in bounded time', async () => {
    await overview(view);
    const begin = performance.now();
    const page = await overview(view, { page: '2' });
    expect(performance.now() - begin).toBeLessThan(1_500);
    expect(rowsOf(page)).toHaveLength(200);
    expect(rowsOf(page)[0]).toBe('job-00102');
    expect(textOf(page)).toContain('Jobs 201 to 400 of 10,000');
    expect(page).toContain('<a href="?" rel="prev">Previous</a>');
    expect(page).toContain('<a href="?page=3" rel="next">Next</a>');
    expect(page).toContain('<a href="?page=50">Last</a>');
  });

  test('begin with those that need attention', async () => {
    const names = rowsOf(await overview(view));
    expect(names.slice(98, 102)).toEqual(['job-09800', 'job-09900', 'job-00001', 'job-00002']);
  });

  test('ask for the runs of those only that are shown', async () => {
    const asked: string[] = [];
    const counting = (name: string) => {
      asked.push(name);
      return recentRuns();
    };
    await overview(exampleView({ jobs: async () => jobs, recentRuns: counting }), { page: '50' });
    expect(asked).toHaveLength(200);
    expect(asked.at(-1)).toBe('job-09999');
  });

  test('can be chosen by a part of the name', async () => {
    const page = await overview(view, { name: ' JOB-0123 ' });
    expect(rowsOf(page)).toEqual(Array.from({ length: 10 }, (_, index) => `job-0123${index}`));
    expect(page).toContain('value="JOB-0123"');
  });

  test('can be chosen by their state, page by page', async () => {
    const page = await overview(view, { state: 'failing' });
    expect(rowsOf(page)).toHaveLength(100);
    expect(page).toContain('<option value="failing" selected>');
    expect(textOf(page)).not.toContain('Page 1');
  });

  test('can be chosen by a part of the description or the data set', async () => {
    expect(rowsOf(await overview(exampleView(), { name: 'by channel, per DAY' }))).toEqual([
      'transactions-by-channel',
    ]);
    expect(rowsOf(await overview(exampleView(), { name: 'allowance/letters' }))).toEqual(['letters-sent']);
  });

  test('of which none is like that are not a mistake', async () => {
    expect(textOf(await overview(view, { name: 'nobody' }))).toContain('No job is like that.');
  });

  test.each([{ page: '0' }, { page: '-1' }, { page: 'x' }, { page: ['1', '2'] }, { state: '__proto__' }])(
    'begin at the first when the address makes no sense: %j',
    async (query) => {
      expect(rowsOf(await overview(view, query))[0]).toBe('job-00000');
    },
  );

  test('end with the last page', async () => {
    expect(rowsOf(await overview(view, { page: '99999' })).at(-1)).toBe('job-09999');
  });
});

describe('refreshing', () => {
  const { headers } = createPages(exampleView());

  test('goes on until somebody stops it', async () => {
    expect(headers()).toEqual({ refresh: '30' });
    expect(await overview()).toContain('<a href="?refresh=off">Stop refreshing</a>');
    expect(headers({ refresh: 'off' })).toEqual({});
  });

  test('stays stopped on the pages that follow', async () => {
    const page = await overview(exampleView(), { refresh: 'off' });
    expect(page).toContain('href="jobs/completion-rate?refresh=off"');
    expect(page).toContain('href="?state=failing&amp;refresh=off"');
    expect(page).toContain('<a href="?">Refresh every 30 seconds</a>');
    expect(await jobPage('completion-rate', exampleView(), { refresh: 'off' })).toContain(
      'href="../?refresh=off"',
    );
  });

  test('forgets what became of a run that was asked for', () => {
    expect(headers({ run: 'queued' })).toEqual({ refresh: '30; url=?' });
  });
});

describe('the page of a job', () => {
  test('tells of the last failure what failed, why and what to do', async () => {
    const text = textOf(await jobPage('completion-rate'));
    for (const part of [
      'The job failed 2 hours ago and last succeeded 26 hours ago.',
      LONG_MESSAGE.slice(1),
      'What failed The database benefits',
      'Why The database refuses the query',
      'What to do Correct the query of collectors/completion-rate.yaml; pp-db-collector preview shows its rows.',
      'Likely causes: the database is down',
      'pp-db-collector check completion-rate',
      'pp-db-collector explain PPDB-0104',
      'it is safe to run the job again',
    ])
      expect(text).toContain(part);
    expect(text).not.toMatch(/\bside\b|\breason\b/);
  });

  test('does not take an address for the beginning of a sentence', async () => {
    const failure = {
      side: 'target',
      message: 'http://127.0.0.1:1 cannot be reached',
      remedy: undefined,
    } as const;
    const [run] = await exampleView().runs('completion-rate', 1);
    const runs = async () => (run === undefined ? [] : [{ ...run, failure }]);
    const text = textOf(await jobPage('completion-rate', exampleView({ runs })));
    expect(text).toContain('Why http://127.0.0.1:1 cannot be reached.');
  });

  test('tells of a failure that is over how many runs went well since', async () => {
    const runs = async () => (await exampleView().runs('completion-rate', 45)).slice(1);
    const page = await jobPage('completion-rate', exampleView({ runs }));
    expect(textOf(page)).toContain('Since then 16 runs did not fail.');
  });

  test('tells the schedule, the query and the mapping', async () => {
    const text = textOf(await jobPage('completion-rate'));
    for (const part of [
      '30 6 * * *',
      'WHERE submitted_at >= :from AND submitted_at < :to',
      'made of _timestamp, period and channel',
      'column channel, in lower case, "post" becomes "paper", everything else becomes "other"',
      'Every day that is over, beginning with that of 2015-01-01',
    ])
      expect(text).toContain(part);
  });

  test('tells of each period whether it is collected', async () => {
    const page = await jobPage('completion-rate');
    expect(page).toContain('<span class="hidden">Sunday 15 November: collected</span>');
    expect(page).toContain('<span class="hidden">Monday 16 November: owed</span>');
    expect(page).toContain('<span class="hidden">Tuesday 17 November: not over</span>');
    expect(textOf(page)).toContain('Of the last 35 days, 34 are collected and 1 is owed.');
    expect(textOf(await jobPage('transactions-by-channel'))).toContain(
      'All of the last 35 days are collected.',
    );
  });

  test('names the gaps that no run collects, and what does', async () => {
    const page = await jobPage('digital-take-up');
    const text = textOf(page);
    expect(text).toContain(
      'Of the last 35 days, 21 are collected, 1 is owed, 3 are in a gap and 10 are before this job’s time.',
    );
    expect(page).toContain('<span class="hidden">Thursday 5 November: in a gap</span>');
    expect(text).toContain('2 gaps, which no run collects by itself.');
    expect(text).toContain(
      '28 Oct 2026 to 29 Oct 2026: pp-db-collector run digital-take-up --from 2026-10-28 --to 2026-10-30',
    );
    expect(text.indexOf('5 Nov 2026:')).toBeLessThan(text.indexOf('28 Oct 2026 to'));
    expect(textOf(await jobPage('completion-rate'))).not.toContain('by itself');
  });

  test('tells why dead letters could not be delivered, their day and dimensions, and not what else they hold', async () => {
    const page = await jobPage('visits-by-office');
    expect(textOf(page)).toContain('The text in column office holds U+0000, which no record may hold.');
    expect(textOf(page)).toContain('PPDB-0301 a row cannot become a record');
    expect(page).not.toContain(VALUE_OF_A_ROW);
    expect(page).not.toContain('key-2');
    expect(textOf(page)).toContain('Dead letter 2 2026-11-16, channel fax The write API says');
  });

  test('tells which snapshots wait to be sent', async () => {
    const text = textOf(await jobPage('applications-waiting'));
    expect(text).toContain('48 records of the snapshot taken 17 Nov, 07:00, 2 hours ago');
  });

  test('tells of a wrong file what is wrong with it', async () => {
    const text = textOf(await jobPage('call-centre-calls'));
    expect(text).toContain('schedule: expected a cron expression, got "30 25 * * *"');
  });

  test('begins runs only where that is allowed', async () => {
    const action = 'action="../api/jobs/completion-rate/run"';
    expect(await jobPage('completion-rate')).not.toContain('<form');
    expect(textOf(await jobPage('completion-rate'))).toContain(
      'To run it now: pp-db-collector run completion-rate. For a button here set http.token',
    );
    expect(await jobPage('completion-rate', exampleView(), {}, true)).toContain(action);
    expect(await jobPage('call-centre-calls', exampleView(), {}, true)).not.toContain('<form');
    const queued = await jobPage('completion-rate', exampleView(), { run: 'queued' }, true);
    expect(textOf(queued)).toContain('A run is asked for');
  });

  test('is not there for a job that is not there, and what is there instead leads on', async () => {
    expect(createPages(exampleView()).notFound()).toContain('<a href="/">Show all jobs</a>');
    expect(await createPages(exampleView()).job('nobody')).toBeUndefined();
  });
});

describe('nothing that others wrote', () => {
  const job = exampleJob('hostile', {
    description: HOSTILE,
    query: `SELECT '${HOSTILE}' AS a, 1 AS day WHERE 1 = :from`,
    data_set: { data_group: 'g', data_type: 'hostile', token: DATA_SET_TOKEN },
    record: {
      timestamp: HOSTILE,
      id: ['constant'],
      fields: { constant: { value: HOSTILE }, mapped: { column: HOSTILE, map: { [HOSTILE]: HOSTILE } } },
    },
  });

  test('becomes markup', async () => {
    const detail = await exampleView().job('visits-by-office');
    if (detail === undefined) throw new Error('there is no such job');
    const failure = { side: 'source', message: HOSTILE, remedy: HOSTILE } as const;
    const runs =
      detail.lastRun === undefined ? [] : [{ ...detail.lastRun, outcome: 'failed', failure } as const];
    const letters = detail.letters.map((letter) => ({ ...letter, reason: HOSTILE, remedy: HOSTILE }));
    const shown = { ...detail, job, name: HOSTILE, scheduleInWords: HOSTILE, letters, lastRun: runs[0] };
    const cursor = [{ kind: 'text', text: HOSTILE }] as const;
    const verification = {
      job: 'a',
      startedAt: 1,
      endedAt: 2,
      outcome: { compared: 'nothing', failure },
    } as const;
    const hostile = { ...shown, verification };
    const view = exampleView({
      jobs: async () => [{ ...hostile, progress: { cursor } }],
      job: async () => ({ ...hostile, progress: { cursor } }),
      runs: async () => runs,
    });
    for (const page of [
      await overview(view, { name: HOSTILE }),
      await overview(view),
      await jobPage('hostile', view),
    ]) {
      expect(page).toContain('&lt;script>');
      expect(page).not.toMatch(/<script|<b[\s>]/i);
    }
  });

  test('hides in characters that cannot be seen', async () => {
    const job = exampleJob('odd', { description: 'before\u0007after' });
    expect(await overview(viewOf(await exampleOf('letters-sent', { job })))).toContain('before\ufffdafter');
  });

  test('and no token is on any page, nor styles and scripts in it', async () => {
    const names = (await exampleView().jobs()).map(({ name }) => name);
    const pages = await Promise.all([overview(), ...names.map((name) => jobPage(name))]);
    expect(pages.length).toBeGreaterThan(10);
    for (const page of pages) {
      expect(page).not.toContain(DATA_SET_TOKEN);
      expect(page).not.toMatch(/<script|<style|<[^>]*\s(style|on[a-z]+)=/i);
    }
  });
});
