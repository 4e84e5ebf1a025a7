import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/server/store/sqlite/store.ts';
import type { Store } from '../../src/server/store/store.ts';
import { dashboardServer, tableOn } from './dashboard-server.ts';

const VISITS = `title: Visits
modules:
  - { type: single_timeseries, title: Visits, data_set: a/b, period: month, duration: 3 }
  - { type: kpi, title: Others, data_set: a/c, period: month }
`;
const MEASURES = `title: Carer's Allowance
department: { title: Department for Work and Pensions, abbr: DWP }
modules:
  - { type: section, title: Four, modules: [{ measure: digital_take_up, data_set: a/b, digital: [digital] }] }
`;
const UNPUBLISHED = VISITS.replace('title: Visits', 'title: Secret\npublished: false');

const RECORDS = [
  { _id: '1', _timestamp: '2024-02-05T00:00:00Z', channel: 'digital', count: 30 },
  { _id: '2', _timestamp: '2024-03-05T00:00:00Z', channel: 'digital', count: 75 },
  { _id: '3', _timestamp: '2024-03-05T00:00:00Z', channel: 'paper', count: 25 },
];

const BASIC = { authorization: `Basic ${Buffer.from('me:page-token').toString('base64')}` };

describe('the pages of dashboards', () => {
  test('list those that are published, with the newest numbers of their measures', async () => {
    const { get, post } = dashboardServer({
      dashboards: { visits: VISITS, carers: MEASURES, secret: UNPUBLISHED },
    });
    await post(RECORDS);
    const { body, headers } = await get('/');
    expect(tableOn(body).map(([service = '', ...cells]) => [service.trim(), ...cells])).toEqual([
      // No dashboard has one of the other measures.
      ['Service', 'Digital take-up'],
      ["Carer's AllowanceDepartment for Work and Pensions", '75%March 2024'],
      ['Visits', 'not shown'],
    ]);
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=60' });
    expect(headers['x-robots-tag']).toBeUndefined();
  });

  test.each([
    ['?text=dwp', ["Carer's Allowance"]],
    ['?text=vis', ['Visits']],
    ['?department=Department+for+Work+and+Pensions', ["Carer's Allowance"]],
    ['?data_set=a/c', ['Visits']],
    ['?text=nothing', []],
  ])('list what %s asks for', async (query, titles) => {
    const { get } = dashboardServer({ dashboards: { visits: VISITS, carers: MEASURES } });
    const { body } = await get(`/${query}`);
    expect(
      [...body.matchAll(/<a href="dashboards\/[^"]*">(?:<bdi>)?([^<]*)/g)].map(([, title]) => title),
    ).toEqual(titles);
  });

  test('of one that is not published say so, and are for no search engine', async () => {
    const { get } = dashboardServer({ dashboards: { secret: UNPUBLISHED } });
    const answers = await Promise.all(
      ['', '/visits', '/visits.csv', '.json'].map((path) => get(`/dashboards/secret${path}`)),
    );
    expect(answers.map(({ statusCode, headers }) => [statusCode, headers['x-robots-tag']])).toEqual(
      Array(4).fill([200, 'none']),
    );
    for (const { body } of answers.slice(0, 2)) {
      expect(body).toContain('This dashboard is not published.');
      expect(body).toContain('content="noindex"');
    }
    expect((await get('/')).body).not.toContain('Secret');
  });

  test('need the token where there is one, all of them; the read API does not', async () => {
    const { get } = dashboardServer({ dashboards: { visits: VISITS }, token: 'page-token' });
    const paths = ['/', '/dashboards/visits', '/dashboards/visits/visits.csv', '/dashboards/none'];
    for (const path of paths) {
      const answer = await get(path);
      expect([
        answer.statusCode,
        answer.headers['www-authenticate'],
        answer.headers['cache-control'],
      ]).toEqual([401, 'Basic realm="pp-db-collector", charset="UTF-8"', 'no-store']);
    }
    const { statusCode, headers } = await get('/', BASIC);
    expect([statusCode, headers['cache-control'], headers['x-robots-tag']]).toEqual([
      200,
      'private, no-cache',
      'none',
    ]);
    expect((await get('/data/a/b?period=month&duration=2')).statusCode).toBe(200);
  });

  test('have headers under which no script runs', async () => {
    const { get } = dashboardServer({ dashboards: { visits: VISITS } });
    const { headers, body } = await get('/dashboards/visits');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(body).not.toMatch(/<script|style=|\son\w+=/);
    const [, sheet = ''] = /href="\.\.\/(assets\/[^"]*\.css)"/.exec(body) ?? [];
    expect((await get(`/${sheet}`)).headers).toMatchObject({
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=31536000',
    });
  });

  test.each([
    '/dashboards/none',
    '/dashboards/visits/none',
    '/dashboards/none/visits',
    '/dashboards/visits.csv',
  ])('are not found at %s', async (path) => {
    const { get } = dashboardServer({ dashboards: { visits: VISITS } });
    const { statusCode, headers } = await get(path);
    expect([statusCode, headers['cache-control']]).toEqual([404, 'no-store']);
  });

  test.each([
    '/dashboards/%0d%0ax/visits.csv',
    '/dashboards/visits/%E2%82%AC.csv',
    '/dashboards/a%22b/visits.csv',
    '/dashboards/visits/none.csv',
  ])('are not found at %s, which is no file to store', async (path) => {
    const { get } = dashboardServer({ dashboards: { visits: VISITS } });
    const { statusCode, headers, body } = await get(path);
    expect([statusCode, headers['content-disposition'], body]).toEqual([
      404,
      undefined,
      'There is no such dashboard, or no such part of it.\n',
    ]);
  });

  test('are no file to store where a CSV cannot be made, and one where it is', async () => {
    const { get } = dashboardServer({ dashboards: { visits: VISITS.replace('month', 'day') } });
    const dispositionOf = async (query: string) => {
      const { statusCode, headers } = await get(`/dashboards/visits/visits.csv${query}`);
      return [statusCode, headers['content-disposition']];
    };
    expect(await dispositionOf('?from=1900-01-01')).toEqual([400, undefined]);
    expect(await dispositionOf('')).toEqual([200, 'attachment; filename="visits-visits.csv"']);
  });

  test('answer HEAD, and say what else they take', async () => {
    const { app } = dashboardServer({ dashboards: { visits: VISITS } });
    expect((await app.inject({ method: 'HEAD', url: '/dashboards/visits' })).statusCode).toBe(200);
    const { statusCode, headers } = await app.inject({ method: 'POST', url: '/dashboards/visits' });
    expect([statusCode, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });
});

describe('a module', () => {
  test('is shown from a date to another, or says what is wrong with them', async () => {
    const { get, post } = dashboardServer({ dashboards: { visits: VISITS } });
    await post(RECORDS);
    const rowsOf = async (query: string) =>
      tableOn((await get(`/dashboards/visits/visits${query}`)).body)
        .slice(1)
        .map((cells) => cells.join(': '));
    expect(await rowsOf('')).toEqual(['March 2024: 100', 'February 2024: 30']);
    expect(await rowsOf('?from=2024-02-10&to=2024-02-29')).toEqual(['February 2024: 30']);
    expect(await rowsOf('?from=2024-02&to=2025')).toEqual(['March 2024: 100', 'February 2024: 30']);
    const linksOf = async (query: string) =>
      [...(await get(`/dashboards/visits/visits${query}`)).body.matchAll(/href="(visits[^"]*)"/g)].map(
        ([, link]) => link,
      );
    expect(await linksOf('')).toEqual(['visits.csv', 'visits.json']);
    expect(await linksOf('?from=2024-02')).toEqual(['visits.csv?from=2024-02', 'visits.json?from=2024-02']);
    const wrong = await get('/dashboards/visits/visits?from=10/02/2024');
    expect([wrong.statusCode, wrong.body]).toEqual([
      400,
      expect.stringContaining('from: expected a date such as 2024-04-01.'),
    ]);
    // A screen reader that stands on one of the two says what is wrong.
    expect(wrong.body.match(/aria-describedby="span-mistake"/g)).toHaveLength(2);
    expect((await get('/dashboards/visits/visits.csv?from=x')).body).toBe(
      'from: expected a date such as 2024-04-01.\n',
    );
    expect((await get('/dashboards/visits/visits.json?from=2024-03&to=2024-02')).statusCode).toBe(400);
  });

  test('is shown up to the end of the day, the month or the year that is asked for', async () => {
    const { get, post } = dashboardServer({
      dashboards: {
        calls: `title: Calls
modules:
  - { type: single_timeseries, title: Hours, data_set: a/b, period: hour }
  - { type: single_timeseries, title: Days, data_set: a/b, period: day, duration: 20 }
`,
      },
    });
    const before = ['2023-12-29T00', '2024-01-31T00', '2024-04-13T22'];
    await post(before.map((hour) => ({ _id: hour, _timestamp: `${hour}:00:00Z`, count: 7 })));
    const rowsOf = async (path: string) => {
      const table = tableOn((await get(`/dashboards/calls/${path}`)).body).slice(1);
      return [table.length, table.at(-1)?.[0], table[0]?.[0]];
    };
    expect(await rowsOf('hours?from=2024-04-14&to=2024-04-14')).toEqual([
      ...[24, '12:00am, 14 April 2024', '11:00pm, 14 April 2024'],
    ]);
    expect(await rowsOf('days?from=2024-02&to=2024-02')).toEqual([29, '1 February 2024', '29 February 2024']);
    expect(await rowsOf('days?from=2023-12-30&to=2023')).toEqual([2, '30 December 2023', '31 December 2023']);
    const datesOf = async (path: string) =>
      [...(await get(`/dashboards/calls/${path}`)).body.matchAll(/type="date" value="([^"]*)"/g)].map(
        ([, value]) => value,
      );
    // The newest hours are those of two days.
    expect(await datesOf('hours')).toEqual(['2024-04-14', '2024-04-15']);
    expect(await datesOf('days?from=2024-02&to=2024-02')).toEqual(['2024-02-01', '2024-02-29']);
    expect(await datesOf('days?from=x')).toEqual(['2024-03-26', '2024-04-14']);
  });

  test('is sorted by links, what is no number last', async () => {
    const { get, post } = dashboardServer({ dashboards: { visits: VISITS } });
    await post([{ _id: '0', _timestamp: '2024-01-05T00:00:00Z', count: null, suppressed: true }, ...RECORDS]);
    const orderOf = async (query: string) =>
      tableOn((await get(`/dashboards/visits/visits${query}`)).body)
        .slice(1)
        .map(([, cell]) => cell);
    expect(await orderOf('?order=ascending')).toEqual(['suppressed', '30', '100']);
    expect(await orderOf('?sort=0')).toEqual(['100', '30', 'suppressed']);
    expect(await orderOf('?sort=0&order=ascending')).toEqual(['30', '100', 'suppressed']);
    const { body } = await get('/dashboards/visits/visits?sort=0');
    expect(body).toContain('aria-sort="descending"><a href="?sort=0&amp;order=ascending">');
  });

  test('that cannot be read says so, and the others stay', async () => {
    const store = openSqliteStore(':memory:');
    const broken: Store = Object.assign(Object.create(store), {
      sums: async (...parameters: Parameters<Store['sums']>) => {
        if (parameters[0] === 'a_c') throw new Error('disk I/O error');
        return store.sums(...parameters);
      },
    });
    const { get, post } = dashboardServer({ dashboards: { visits: VISITS }, store: broken });
    await post(RECORDS);
    const { body, statusCode, headers } = await get('/dashboards/visits');
    expect(statusCode).toBe(200);
    expect(body).toContain(
      'There was a problem with the data of this part. The other parts are not affected.',
    );
    expect(tableOn(body)).toContainEqual(['March 2024', '100']);
    expect(body).not.toContain('disk I/O error');
    // Nobody keeps it: the next reader may find it mended.
    expect([headers['cache-control'], headers.etag]).toEqual(['no-store', undefined]);
    expect((await get('/dashboards/visits/others.csv')).statusCode).toBe(500);
    await store.close();
  });

  test('of a data set that is not queryable shows nothing of it, of one that is not published a warning', async () => {
    const closed = dashboardServer({ dashboards: { visits: VISITS }, dataSet: ', queryable: false' });
    await closed.post(RECORDS);
    const { body } = await closed.get('/dashboards/visits');
    expect(body).toContain('This data set is not open to readers.');
    expect(body).not.toContain('100');
    expect((await closed.get('/dashboards/visits/visits.json')).statusCode).toBe(404);
    expect(closed.reads).toEqual(['a_c']);
    const draft = dashboardServer({ dashboards: { visits: VISITS }, dataSet: ', published: false' });
    expect((await draft.get('/dashboards/visits')).body).toContain('This data is not published yet.');
  });

  test('of which nothing has arrived since shows the last periods that it has', async () => {
    let now = Date.UTC(2024, 3, 15, 9);
    const { get, post } = dashboardServer({
      dashboards: {
        calls:
          'title: Calls\nmodules: [{ type: single_timeseries, title: Calls, data_set: a/b, period: hour }]\n',
      },
      now: () => now,
    });
    await post([{ _id: '1', _timestamp: '2024-04-15T07:00:00Z', count: 7 }]);
    now += 3 * 86_400_000;
    expect(tableOn((await get('/dashboards/calls')).body)).toContainEqual(['8:00am, 15 April 2024', '7']);
    // Who asks for other hours gets them.
    expect(tableOn((await get('/dashboards/calls/calls?from=2024-04-17')).body)).toContainEqual(['No data']);
  });

  test('whose data is older than expected says so loudly', async () => {
    let now = Date.UTC(2024, 3, 15, 9);
    const { get, post } = dashboardServer({
      dashboards: { visits: VISITS },
      dataSet: ', max_age_expected: 172800',
      now: () => now,
    });
    await post(RECORDS);
    expect((await get('/dashboards/visits')).body).toContain(
      'Data up to 31 March 2024, last added to at 10:00am, 15 April 2024',
    );
    now += 3 * 86_400_000;
    expect((await get('/dashboards/visits')).body).toContain(
      'This data is out of date: nothing has arrived since 10:00am, 15 April 2024, and it should come every 2 days.',
    );
  });
});

describe('what dashboards need', () => {
  test('is added up when the server starts to listen and after a write, before anybody asks', async () => {
    const { app, post, reads } = dashboardServer({ dashboards: { visits: VISITS } });
    await app.listen({ port: 0, host: '127.0.0.1' });
    await expect.poll(() => reads.toSorted()).toEqual(['a_b', 'a_c']);
    await post(RECORDS);
    await expect.poll(() => reads.slice(2)).toEqual(['a_b']);
  });
});

test.each([
  ['gzip, deflate, br', true],
  ['br;q=1.0, gzip;q=0.8', true],
  ['GZIP', true],
  ['gzip;q=0', false],
  ['gzip ; q=0.000', false],
  ['br', false],
  ['', false],
])('who says that it takes "%s" gets the page compressed: %s', async (codings, isCompressed) => {
  const { app, get, post } = dashboardServer({ dashboards: { visits: VISITS } });
  await post(RECORDS);
  const url = '/dashboards/visits';
  const { body, headers: plain } = await get(url);
  const { rawPayload, headers } = await app.inject({ url, headers: { 'accept-encoding': codings } });
  expect(headers).toMatchObject({ etag: plain.etag, vary: expect.stringMatching(/accept-encoding/i) });
  expect(headers['content-encoding']).toBe(isCompressed ? 'gzip' : undefined);
  expect(String(isCompressed ? gunzipSync(rawPayload) : rawPayload)).toBe(body);
});

describe('who asks again', () => {
  test('gets 304 without a read, until something was written', async () => {
    const { get, post, reads, app } = dashboardServer({ dashboards: { visits: VISITS } });
    await post(RECORDS);
    const first = await get('/dashboards/visits');
    const before = reads.length;
    const again = (path = '/dashboards/visits') => get(path, { 'if-none-match': String(first.headers.etag) });
    expect([(await again()).statusCode, (await again()).body]).toEqual([304, '']);
    expect((await again('/dashboards/visits/visits')).statusCode).toBe(200);
    expect(reads.length).toBe(before);
    await post([{ _id: '2', _timestamp: '2024-03-05T00:00:00Z', channel: 'digital', count: 76 }]);
    const changed = await again();
    expect([changed.statusCode, tableOn(changed.body)]).toEqual([
      200,
      expect.arrayContaining([['March 2024', '101']]),
    ]);
    await app.inject({
      method: 'DELETE',
      url: '/data/a/b/2',
      headers: { authorization: 'Bearer write-token' },
    });
    expect(tableOn((await get('/dashboards/visits')).body)).toContainEqual(['March 2024', '25']);
  });

  test('gets what a newer version of the program says', async () => {
    const store = openSqliteStore(':memory:');
    const tags = await Promise.all(
      ['1.0.0', '1.0.0', '1.0.1'].map(async (program) => {
        const { get } = dashboardServer({ dashboards: { visits: VISITS }, store, program });
        return (await get('/dashboards/visits/visits.csv')).headers.etag;
      }),
    );
    expect([tags[0] === tags[1], tags[1] === tags[2]]).toEqual([true, false]);
    await store.close();
  });

  test('when a period is over, gets the new one', async () => {
    let now = Date.UTC(2024, 2, 31, 22, 59);
    const { get, post } = dashboardServer({ dashboards: { visits: VISITS }, now: () => now });
    await post(RECORDS);
    const rows = async () => tableOn((await get('/dashboards/visits')).body);
    expect(await rows()).not.toContainEqual(['March 2024', '100']);
    // In London, where it is an hour later.
    now += 60_000;
    expect(await rows()).toContainEqual(['March 2024', '100']);
  });
});
